<#
.SYNOPSIS
Sends one file; works in Windows PowerShell 5.1 and in PowerShell 7.

.EXAMPLE
$env:BURSAR_URL = 'https://api-uksouth.apfnxg.com'
$env:BURSAR_CUSTOMER = 'acme'
$env:BURSAR_TYPE = 'APT'
$env:BURSAR_TOKEN_FILE = 'C:\bursar\token.txt'
.\upload.ps1 invoices_20261123.csv

.NOTES
BURSAR_UNIT is the unit, when it is not the customer's own name. Certificates are Windows' own: import
the authority of a server of yours once, as an administrator:
Import-Certificate -FilePath ca.pem -CertStoreLocation Cert:\LocalMachine\Root
Ends with 0 when the server answered 201, with 1 when it did not, with 2 when something is missing.
#>
param([Parameter(Mandatory = $true)][string]$File)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
# Windows PowerShell 5.1 may begin with an older version of TLS.
[Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
# A refusal comes before the file is sent, and not behind it.
[Net.ServicePointManager]::Expect100Continue = $true
# The progress bar of 5.1 slows an upload down many times over.
$ProgressPreference = 'SilentlyContinue'

foreach ($name in 'BURSAR_URL', 'BURSAR_CUSTOMER', 'BURSAR_TYPE', 'BURSAR_TOKEN_FILE') {
    if (-not [Environment]::GetEnvironmentVariable($name)) {
        [Console]::Error.WriteLine("$name is not set")
        exit 2
    }
}
if (-not (Test-Path -LiteralPath $File -PathType Leaf)) {
    [Console]::Error.WriteLine("there is no file $File")
    exit 2
}
$unit = if ($env:BURSAR_UNIT) { $env:BURSAR_UNIT } else { $env:BURSAR_CUSTOMER }

# What a copied token has round it: a byte order mark, line ends, blanks.
$token = [IO.File]::ReadAllText((Resolve-Path $env:BURSAR_TOKEN_FILE)).Trim([char]0xFEFF, ' ', "`t", "`r", "`n")

# The name people see: no blanks, no special characters, a timestamp, the extension at the end.
$name = [IO.Path]::GetFileName($File) -replace '[^A-Za-z0-9._-]', '_'
if ($name -notmatch '20\d\d[01]\d[0-3]\d') {
    $stamp = [DateTime]::UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'")
    $name = [IO.Path]::GetFileNameWithoutExtension($name) + "_$stamp" + [IO.Path]::GetExtension($name)
}
$url = "$($env:BURSAR_URL.TrimEnd('/'))/customers/$($env:BURSAR_CUSTOMER)/units/$unit/Uploads/upload/$($env:BURSAR_TYPE)/$name"

try {
    $answer = Invoke-WebRequest -Uri $url -Method Post -InFile $File -ContentType 'text/csv' `
        -Headers @{ Authorization = "Bearer $token" } -MaximumRedirection 0 -UseBasicParsing
    $status = [int]$answer.StatusCode
    Write-Output $answer.Content
}
catch {
    $status = 0
    $text = $_.Exception.Message
    $response = if ($_.Exception.PSObject.Properties['Response']) { $_.Exception.Response } else { $null }
    if ($response) {
        $status = [int]$response.StatusCode
        if ($_.ErrorDetails -and $_.ErrorDetails.Message) {
            $text = $_.ErrorDetails.Message
        }
        elseif ($response.PSObject.Methods['GetResponseStream']) {
            $stream = $response.GetResponseStream()
            if ($stream.CanSeek) { $stream.Position = 0 }
            $text = (New-Object IO.StreamReader $stream).ReadToEnd()
        }
    }
    Write-Output $text
}

if ($status -eq 201) { exit 0 }
[Console]::Error.WriteLine("not sent: the answer was $status; only 201 means that the file was received")
exit 1

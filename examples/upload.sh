#!/bin/sh
# Sends one file with curl.
#
#   BURSAR_URL=https://api-uksouth.apfnxg.com BURSAR_CUSTOMER=acme BURSAR_TYPE=APT \
#   BURSAR_TOKEN_FILE=token.txt ./upload.sh invoices_20261123.csv
#
# BURSAR_UNIT     the unit, when it is not the customer's own name
# BURSAR_CA_FILE  a certificate (PEM) to trust in place of the operating system's
#
# Ends with 0 when the server answered 201, with 1 when it refused, with curl's number when there was
# no answer, with 2 when something is missing. The server's own words are printed in each case.
set -eu

file=${1:?usage: upload.sh FILE}
: "${BURSAR_URL:?}" "${BURSAR_CUSTOMER:?}" "${BURSAR_TYPE:?}" "${BURSAR_TOKEN_FILE:?}"
unit=${BURSAR_UNIT:-$BURSAR_CUSTOMER}
[ -f "$file" ] || { echo "there is no file $file" >&2; exit 2; }

# What a copied token has round it: line ends, blanks, a byte order mark; and the zeros of UTF-16, which > of
# Windows PowerShell 5.1 writes.
token=$(LC_ALL=C tr -d '\000\r\n\t \357\273\277\376\377' < "$BURSAR_TOKEN_FILE")

# The name people see: no blanks, no special characters, a timestamp, the extension at the end.
name=$(basename "$file" | LC_ALL=C tr -c 'A-Za-z0-9._\n-' '_')
case $name in
    *20[0-9][0-9][01][0-9][0-3][0-9]*) ;;
    *.*) name=${name%.*}_$(date -u +%Y%m%dT%H%M%SZ).${name##*.} ;;
    *) name=${name}_$(date -u +%Y%m%dT%H%M%SZ) ;;
esac
url=${BURSAR_URL%/}/customers/$BURSAR_CUSTOMER/units/$unit/Uploads/upload/$BURSAR_TYPE/$name

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
set -- --silent --show-error --tlsv1.2 --proto '=https' --max-redirs 0 \
    --request POST --data-binary "@$file" --header 'Content-Type: text/csv' \
    --header 'Expect: 100-continue' \
    --retry 5 --retry-connrefused --fail-with-body \
    --output "$answer" --write-out '%{http_code}'
if [ -n "${BURSAR_CA_FILE:-}" ]; then
    set -- "$@" --cacert "$BURSAR_CA_FILE"
fi
# The token goes in through a pipe: on the command line every user of the machine could read it.
result=0
status=$(printf 'header = "Authorization: Bearer %s"\n' "$token" |
    curl --config - "$@" "$url") || result=$?

cat "$answer"
echo
if [ "$status" = 201 ]; then
    exit 0
elif [ "$result" -eq 60 ]; then
    echo "not sent: the server's certificate is not trusted; name its authority's certificate in BURSAR_CA_FILE" >&2
    exit "$result"
elif [ "${status%??}" = 0 ] || [ "${status%??}" = 1 ]; then
    echo "not sent: no answer (curl ended with $result)" >&2
    exit "$result"
fi
# Over HTTP/2 curl ends a refused body short, and may lose the refusal's words for it, never its number.
echo "not sent: the server answered $status; only 201 means that the file was received" >&2
exit 1

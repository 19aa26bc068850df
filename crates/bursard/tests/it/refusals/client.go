// Sends a file that is refused, and prints the status of the answer.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
)

func main() {
	url, path, authority := os.Args[1], os.Args[2], os.Args[3]
	pem, err := os.ReadFile(authority)
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	body, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	size, err := body.Stat()
	if err != nil {
		panic(err)
	}
	request, err := http.NewRequest("POST", url, body)
	if err != nil {
		panic(err)
	}
	request.ContentLength = size.Size()
	request.Header.Set("Authorization", "Bearer nonsense")
	request.Header.Set("Content-Type", "text/csv")
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		ForceAttemptHTTP2: os.Args[4] == "h2",
	}
	answer, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.StatusCode, answer.Proto)
}

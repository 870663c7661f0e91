import type { ReceiverOptions } from "./receiver-options.ts";

export function toGoSnippet({ path }: ReceiverOptions): string {
  return `package main

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"log"
	"net/http"
	"os"
)

var secret = []byte(os.Getenv("HERON_WEBHOOK_SECRET"))

func isSigned(body []byte, signature string) bool {
	given, err := base64.StdEncoding.DecodeString(signature)
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	return hmac.Equal(given, mac.Sum(nil))
}

func receive(w http.ResponseWriter, r *http.Request) {
	// Signatures cover the raw body.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil {
		http.Error(w, "could not read the body", http.StatusBadRequest)
		return
	}
	if !isSigned(body, r.Header.Get("Heron-Signature")) {
		http.Error(w, "invalid signature", http.StatusUnauthorized)
		return
	}
	log.Printf("%s", body)
}

func main() {
	if len(secret) == 0 {
		log.Fatal("HERON_WEBHOOK_SECRET is not set")
	}
	http.HandleFunc("POST "+${JSON.stringify(path)}, receive)
	log.Fatal(http.ListenAndServe(":"+cmp.Or(os.Getenv("PORT"), "3000"), nil))
}
`;
}

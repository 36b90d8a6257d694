// Command api uses Gonets from Go, with the standard library. Needs GONETS_URL (https://mail.example.org) and GONETS_TOKEN (gnt_…).
//
//	go run gonets.go add-client EMAIL NAME
//	go run gonets.go send-mailing SUBJECT TEXT
//	go run gonets.go send-email EMAIL SUBJECT TEXT
//	go run gonets.go listen PORT            tells of bounces as they come; needs GONETS_SECRET (whsec_…)
//	go run gonets.go unsubscribe EMAIL
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// api calls a route and decodes the answer. An error of Gonets says in English what to do.
func api(method, path string, body, answer any, headers ...string) error {
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequest(method, os.Getenv("GONETS_URL")+path, &content)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("GONETS_TOKEN"))
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{Timeout: 30 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		said, _ := io.ReadAll(response.Body)
		return fmt.Errorf("%s %s: %s %s", method, path, response.Status, said)
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

// record is what the examples read of records.
type record struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Sent   int    `json:"sent"`
	Total  int    `json:"total"`
}

func addClient(email, name string) (string, error) {
	var client record
	err := api("POST", "/api/collections/clients/records", map[string]string{"email": email, "full_name": name}, &client)
	return client.ID, err
}

func sendMailing(subject, text string) (string, error) {
	var message, mailing, launched record
	err := api("POST", "/api/collections/messages/records", map[string]string{"name": subject, "subject": subject, "format": "text", "body": text}, &message)
	if err != nil {
		return "", err
	}
	err = api("POST", "/api/collections/mailings/records", map[string]string{"name": subject, "message": message.ID, "audience": "everyone"}, &mailing)
	if err != nil {
		return "", err
	}
	// With the key, asking again after a lost answer sends nothing twice.
	if err := api("POST", "/api/gonets/mailings/"+mailing.ID+"/send", nil, &launched, "Idempotency-Key", mailing.ID); err != nil {
		return "", err
	}
	for {
		if err := api("GET", "/api/collections/mailings/records/"+mailing.ID, nil, &mailing); err != nil {
			return "", err
		}
		if mailing.Status != "running" {
			return fmt.Sprintf("%s: %d of %d sent", mailing.Status, mailing.Sent, mailing.Total), nil
		}
		time.Sleep(time.Second)
	}
}

// sendEmail sends one email, such as the confirmation of an order, for which nobody has to be a client.
func sendEmail(email, subject, text string) (string, error) {
	var call record
	// The key belongs to this email: the number of the order, for example.
	err := api("POST", "/api/gonets/transactional", map[string]any{"to": []string{email}, "subject": subject, "text": text}, &call, "Idempotency-Key", rand.Text())
	return call.ID, err
}

// verified reports whether a call of a webhook is Gonets' own and new (https://www.standardwebhooks.com).
func verified(secret string, header http.Header, body []byte) bool {
	id, at := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return false
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", id, at, body)
	right := []byte("v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	for _, one := range strings.Fields(header.Get("webhook-signature")) {
		if hmac.Equal([]byte(one), right) {
			return true
		}
	}
	return false
}

func receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil || !verified(os.Getenv("GONETS_SECRET"), r.Header, body) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	// What takes long is done after the answer.
	w.WriteHeader(http.StatusNoContent)
	var event struct {
		Type string
		Data struct{ Email, Kind, Diagnostic string }
	}
	if err := json.Unmarshal(body, &event); err == nil && event.Type == "recipient.bounced" {
		fmt.Println(event.Data.Email, event.Data.Kind, event.Data.Diagnostic)
	}
}

func unsubscribe(email string) (string, error) {
	var entry record
	err := api("POST", "/api/collections/suppressions/records", map[string]string{"value": email, "reason": "unsubscribed"}, &entry)
	return entry.ID, err
}

func run(args []string) (string, error) {
	switch {
	case len(args) == 3 && args[0] == "add-client":
		return addClient(args[1], args[2])
	case len(args) == 3 && args[0] == "send-mailing":
		return sendMailing(args[1], args[2])
	case len(args) == 4 && args[0] == "send-email":
		return sendEmail(args[1], args[2], args[3])
	case len(args) == 2 && args[0] == "listen":
		return "", http.ListenAndServe("127.0.0.1:"+args[1], http.HandlerFunc(receive))
	case len(args) == 2 && args[0] == "unsubscribe":
		return unsubscribe(args[1])
	}
	return "", fmt.Errorf("usage: gonets add-client|send-mailing|send-email|listen|unsubscribe …")
}

func main() {
	said, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(said)
}

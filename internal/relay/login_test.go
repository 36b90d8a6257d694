package relay

import (
	"errors"
	"testing"

	"github.com/wneessen/go-mail/smtp"
)

func TestAPasswordTravelsUnderTLSOrNotAtAll(t *testing.T) {
	cases := []struct {
		name                string
		offers              []string
		encrypted, loopback bool
		want                string
		err                 error
	}{
		{"PLAIN is taken under TLS", []string{"CRAM-MD5", "LOGIN", "PLAIN"}, true, false, "PLAIN", nil},
		{"LOGIN is taken under TLS where there is no PLAIN", []string{"CRAM-MD5", "LOGIN"}, true, false, "LOGIN", nil},
		{"PLAIN is taken on the same machine", []string{"PLAIN"}, false, true, "PLAIN", nil},
		{"CRAM-MD5 is taken in clear", []string{"PLAIN", "LOGIN", "CRAM-MD5"}, false, false, "CRAM-MD5", nil},
		{"PLAIN is not taken in clear", []string{"PLAIN"}, false, false, "", ErrUnencrypted},
		{"LOGIN is not taken in clear", []string{"LOGIN"}, false, false, "", ErrUnencrypted},
		{"nothing offered is nothing taken", nil, true, true, "", ErrNoLogin},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			c := &Conn{
				server:    Server{Host: "mail.example.org", Username: "gonets", Password: "secret"},
				can:       extensions{logins: tc.offers},
				encrypted: tc.encrypted,
				loopback:  tc.loopback,
			}
			auth, err := c.mechanism()
			if !errors.Is(err, tc.err) || (err == nil) != (tc.err == nil) {
				t.Fatalf("error %v, want %v", err, tc.err)
			}
			if err != nil {
				return
			}
			name, _, err := auth.Start(&smtp.ServerInfo{Name: "mail.example.org", TLS: tc.encrypted})
			if err != nil || name != tc.want {
				t.Errorf("%s, %v; want %s", name, err, tc.want)
			}
		})
	}
}

func TestASecretIsTakenOutOfWhatAServerSaysAndAnEmptyOneIsNowhere(t *testing.T) {
	for _, tc := range []struct{ name, password, said, want string }{
		{"a password", "hunter2", "no, hunter2 is wrong", "no, … is wrong"},
		{"in base64", "hunter2", "no: aHVudGVyMg==", "no: …"},
		{"none", "", "5.7.8 Error: authentication failed", "5.7.8 Error: authentication failed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := &Conn{server: Server{Username: "gonets", Password: tc.password}}
			trouble := &ServerError{Stage: StageLogin, Answer: Answer{Text: tc.said}, Err: errors.New(tc.said)}
			c.redact(trouble)
			if trouble.Answer.Text != tc.want || trouble.Err.Error() != tc.want {
				t.Errorf("%q, %q; want %q", trouble.Answer.Text, trouble.Err, tc.want)
			}
		})
	}
}

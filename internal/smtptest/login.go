package smtptest

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

func (s *session) logins() []string {
	if s.server.script.Logins != nil {
		return s.server.script.Logins
	}
	return []string{"PLAIN", "LOGIN", "CRAM-MD5"}
}

// login checks an account by the mechanism that the client chose (RFC 4954).
func (s *session) login(rest string) error {
	mechanism, initial, _ := strings.Cut(rest, " ")
	mechanism = strings.ToUpper(mechanism)
	if !contains(s.logins(), mechanism) {
		s.say("504 5.5.4 Unrecognized authentication type")
		return nil
	}
	var (
		user string
		ok   bool
		err  error
	)
	switch mechanism {
	case "PLAIN":
		user, ok, err = s.plain(initial)
	case "LOGIN":
		user, ok, err = s.loginLogin(initial)
	case "CRAM-MD5":
		user, ok, err = s.cramMD5()
	}
	if err != nil {
		return err
	}
	usual := "535 5.7.8 Error: authentication failed"
	if ok {
		usual = "235 2.7.0 Authentication successful"
	}
	done, err := s.act(AUTH, usual)
	if done {
		s.user = user
	}
	return err
}

func (s *session) plain(initial string) (user string, ok bool, err error) {
	if initial == "" {
		if initial, err = s.challenge(""); err != nil {
			return "", false, err
		}
	} else {
		initial = decode(initial)
	}
	parts := strings.Split(initial, "\x00")
	if len(parts) != 3 {
		return "", false, nil
	}
	return parts[1], s.knows(parts[1], parts[2]), nil
}

func (s *session) loginLogin(initial string) (user string, ok bool, err error) {
	user = decode(initial)
	if initial == "" {
		if user, err = s.challenge("Username:"); err != nil {
			return "", false, err
		}
	}
	password, err := s.challenge("Password:")
	return user, s.knows(user, password), err
}

func (s *session) cramMD5() (user string, ok bool, err error) {
	const question = "<1896.697170952@peer.test>"
	response, err := s.challenge(question)
	if err != nil {
		return "", false, err
	}
	user, digest, _ := strings.Cut(response, " ")
	password, known := s.server.script.Accounts[user]
	mac := hmac.New(md5.New, []byte(password))
	mac.Write([]byte(question))
	return user, known && digest == hex.EncodeToString(mac.Sum(nil)), nil
}

// challenge asks the client for one more word.
func (s *session) challenge(question string) (string, error) {
	s.say("334 " + base64.StdEncoding.EncodeToString([]byte(question)))
	line, err := s.line()
	return decode(line), err
}

func (s *session) knows(user, password string) bool {
	known, ok := s.server.script.Accounts[user]
	return ok && known == password
}

func decode(word string) string {
	text, err := base64.StdEncoding.DecodeString(word)
	if err != nil {
		return ""
	}
	return string(text)
}

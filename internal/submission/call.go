package submission

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"gonets/internal/address"
	"gonets/internal/database"
	"gonets/internal/sender"
	"gonets/internal/transactional"
)

// mostNamed is how many of the addresses that may be used an answer names.
const mostNamed = 10

// callOf makes the call of an e-mail that came for an owner. Its error is a *smtp.SMTPError, or one of the database.
func (v *server) callOf(owner string, e envelope, m *email, encrypted bool) (call transactional.Call, err error) {
	h, body, err := splitHeader(m.head, m.rest == nil)
	if err != nil {
		return call, err
	}
	if n := len(h.all("received")); n > maxHops {
		return call, refusal(554, smtp.EnhancedCode{5, 4, 6}, "The e-mail has passed %d servers: it runs in a circle", n)
	}
	before := v.received(encrypted)
	from, err := h.onlyAddress("from")
	if err != nil {
		return call, err
	}
	if from == "" { // programs that know SMTP only
		if from, err = address.Normalize(e.from); err != nil {
			return call, refusal(550, smtp.EnhancedCode{5, 7, 1}, "The e-mail has no field From, and no address in MAIL FROM")
		}
		before += "From: <" + from + ">\r\n"
	}
	call = transactional.Call{
		Owner: owner, Source: transactional.FromSMTP,
		Written: &transactional.Written{Subject: h.subject(), EightBit: m.eightBit},
	}
	if call.Sender, err = v.senderOf(owner, "From", from); err != nil {
		return call, err
	}
	on, err := h.onlyAddress("sender")
	if err != nil {
		return call, err
	}
	if on != "" && on != from {
		if _, err := v.senderOf(owner, "Sender", on); err != nil {
			return call, err
		}
	}
	for _, to := range e.to {
		call.To = append(call.To, transactional.Recipient{Email: to})
	}
	if !h.has("date") {
		before += "Date: " + time.Now().Format(time.RFC1123Z) + "\r\n"
	}
	if h.has("message-id") {
		// A program that got no answer sends the same once more.
		to := slices.Sorted(slices.Values(e.to))
		m.sum.Write([]byte(strings.Join(to, "\n")))
		call.Key = "smtp:" + hex.EncodeToString(m.sum.Sum(nil))
	} else {
		_, domain, _ := strings.Cut(from, "@")
		before += fmt.Sprintf("Message-ID: <%s@%s>\r\n", database.NewID(), domain)
	}
	call.Written.Head = h.joined(before, body)
	if m.rest != nil {
		call.Written.Rest, err = filesystem.NewFileFromPath(m.rest.Name())
	}
	return call, err
}

// received is the trace field (RFC 5321 § 4.4). It does not say where the program runs, for readers see it.
func (v *server) received(encrypted bool) string {
	protocol := "ESMTPA" // RFC 3848
	if encrypted {
		protocol = "ESMTPSA"
	}
	return fmt.Sprintf("Received: by %s with %s; %s\r\n", v.name, protocol, time.Now().Format(time.RFC1123Z))
}

// senderOf is the sender that an owner may use and whose From address it is; "" is PocketBase's own mail settings.
func (v *server) senderOf(owner, field, from string) (id string, err error) {
	may, err := sender.ChoiceOf(v.app.ConcurrentDB(), owner)
	if err != nil {
		return "", err
	}
	if may.Default {
		may.Senders = append(may.Senders, sender.Sender{FromEmail: v.app.Settings().Meta.SenderAddress})
	}
	var own []string
	for _, s := range may.Senders {
		normal, err := address.Normalize(s.FromEmail)
		if err != nil {
			continue
		}
		if normal == from {
			return s.ID, nil
		}
		if !slices.Contains(own, normal) {
			own = append(own, normal)
		}
	}
	switch {
	case len(own) == 0:
		return "", refusal(550, smtp.EnhancedCode{5, 7, 1}, "%s is %s, and you may use no sender: ask the superuser for access to one", field, from)
	case len(own) > mostNamed:
		own = append(own[:mostNamed], "others")
	}
	return "", refusal(550, smtp.EnhancedCode{5, 7, 1}, "%s is %s, which you may not use: you may use %s", field, from, strings.Join(own, ", "))
}

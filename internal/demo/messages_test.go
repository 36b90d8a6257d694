package demo

import (
	"regexp"
	"slices"
	"testing"
	"time"

	"gonets/internal/compose"
	"gonets/internal/message"
	"gonets/internal/outbox"
)

func TestEveryLetterCanBeWritten(t *testing.T) {
	var known []string
	for _, attribute := range column[string](t, filled, `SELECT DISTINCT a.key FROM clients c, json_each(c.attributes) a`) {
		known = append(known, "client.attributes."+attribute)
	}
	for _, s := range []*shop{coffeeHouse(), bookshop()} {
		all, err := messagesOf(s.language)
		if err != nil {
			t.Fatal(err)
		}
		if len(all) < 6 {
			t.Errorf("%d all in %s, want at least 6", len(all), s.language)
		}
		for _, l := range all {
			t.Run(s.language+" "+l.key, func(t *testing.T) {
				c, err := compose.Prepare(compose.Message{
					Subject: l.subject, Preheader: l.preheader, Format: compose.Format(l.format), Body: l.body,
					FromName: s.fromName, FromEmail: s.fromEmail, Language: s.language,
				})
				if err != nil {
					t.Fatal(err)
				}
				if unknown := c.Unknown(known); len(unknown) > 0 {
					t.Errorf("unknown variables: %v", unknown)
				}
				for _, who := range []compose.Addressee{
					{Email: "a@pochta.example", FullName: "Анна Белова", Attributes: map[string]any{"visits": 20, "city": "Тверь", "card": "золотая", "orders": 9}},
					{Email: "nobody@pochta.example"},
				} {
					who.UnsubscribeURL, who.ViewURL = "http://127.0.0.1/u/x", "http://127.0.0.1/v/x"
					p, err := c.Preview(who, time.Now())
					if err != nil {
						t.Fatal(err)
					}
					if p.Subject == "" || p.Text == "" {
						t.Errorf("for %s: subject %q, text %q", who.Email, p.Subject, p.Text)
					}
				}
			})
		}
	}
}

func TestNobodyIsRefusedByTheSoundOfTheName(t *testing.T) {
	meant := regexp.MustCompile(`^bounce\.|\.(full|former|quota)\d*@`)
	var guests []string
	isAccepted := func(email string) bool {
		return outbox.DemoRules("", email, 1) == nil && outbox.DemoReturns(email) == nil
	}
	for _, s := range []*shop{coffeeHouse(), bookshop()} {
		for _, g := range s.guests {
			guests = append(guests, g.email)
			if isAccepted(g.email) {
				t.Errorf("%s is accepted like anybody", g.email)
			}
		}
	}
	for _, email := range column[string](t, filled, `SELECT email FROM clients`) {
		if !isAccepted(email) && !slices.Contains(guests, email) && !meant.MatchString(email) {
			t.Errorf("%s is not accepted", email)
		}
	}
}

func TestWhatWasSentCanBeLookedAt(t *testing.T) {
	for _, id := range column[string](t, filled, `SELECT id FROM mailings WHERE total > 0`) {
		mailing, err := filled.FindRecordById("mailings", id)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := message.Kept(filled, mailing)
		if err != nil {
			t.Fatal(err)
		}
		message := kept.Message
		if message.Subject == "" || message.FromEmail == "" {
			t.Errorf("the message of %q has subject %q and comes from %q", mailing.GetString("name"), message.Subject, message.FromEmail)
		}
	}
}

package feedback

import (
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/arrival"
	"gonets/internal/returnpath"
)

func TestTheEnvelopeNamesTheRecipient(t *testing.T) {
	t.Parallel()
	for style, wants := range map[string]string{"plus": "bounces+", "minus": "bounces-", "plain": "bounces@example.org", "": "news@example.org"} {
		t.Run("style "+style, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, style)
			w.NewClients(3)
			_, mails := w.send()
			seen := map[string]bool{}
			for to, m := range mails {
				if !strings.HasPrefix(m.From, wants) || !strings.HasSuffix(m.From, "@example.org") {
					t.Errorf("the mail to %s is from %s", to, m.From)
				}
				if !strings.Contains(string(m.Body), "\r\nFrom: <news@example.org>\r\n") {
					t.Errorf("the From field changed:\n%.600s", m.Body)
				}
				seen[m.From] = true
				if style == "plus" || style == "minus" {
					if ours, err := w.booker.IsOurs(t.Context(), strings.ToUpper(m.From)); err != nil || !ours {
						t.Errorf("%s is not ours, %v", m.From, err)
					}
				}
			}
			if want := map[bool]int{true: 3, false: 1}[style == "plus" || style == "minus"]; len(seen) != want {
				t.Errorf("the envelope senders are %v", seen)
			}
		})
	}
}

func TestAnAddressIsOursOnlyIfItIsProven(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "plus")
	w.NewClients(1)
	_, mails := w.send()
	from := mails["person0@example0.com"].From
	path, err := returnpath.New("bounces@example.org", returnpath.Plus)
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]bool{
		from: true, "Bounces@Example.org": true, "<" + from + ">": true,
		path.Of(returnpath.NewKey(), 1<<32+1): false, strings.Replace(from, "bounces+", "bounces+a", 1): false,
		"someone@example.org": false, "": false, "news@example.org": false,
	} {
		if ours, err := w.booker.IsOurs(t.Context(), address); err != nil || ours != want {
			t.Errorf("%q: %v, %v", address, ours, err)
		}
	}
}

func TestAHardBounceTakesEffectOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "plus")
	w.NewClients(3)
	id, mails := w.send()
	m := mails["person1@example1.com"]
	bounced := dsn(m, "5.1.1", "550 5.1.1 no such user")
	w.want(arrival.Booked, bounced)
	w.want(arrival.Known, bounced)
	w.want(arrival.Known, dsn(m, "5.1.1", "550 5.1.1 no such user, says another system"))
	w.wantCounts(id, 2, 1, 0)
	if list := w.StopList(); len(list) != 1 || list[0] != "person1@example1.com bounced" {
		t.Errorf("the stop list is %v", list)
	}
	if status := w.ClientRecord(w.ClientOf("person1@example1.com")).GetString("status"); status != "bounced" {
		t.Errorf("the client is %s", status)
	}
	var b struct {
		Mailing, Client, Owner, Email, Kind, Diagnostic, Source string
		Code                                                    int
		Enhanced                                                string `db:"enhanced_code"`
	}
	if err := w.App.DB().Select("*").From("bounces").One(&b); err != nil {
		t.Fatal(err)
	}
	if b.Mailing != id || b.Client != w.ClientOf(b.Email) || b.Owner != w.Owner || b.Kind != "hard" || b.Code != 550 || b.Enhanced != "5.1.1" || b.Source != "smtp" ||
		!strings.Contains(b.Diagnostic, "no such user") {
		t.Errorf("%+v", b)
	}
	if n := w.count(`SELECT SUM(bounced) FROM rollups WHERE mailing = {:id} AND domain = 'example1.com' AND sent = 0`, dbx.Params{"id": id}); n != 1 {
		t.Errorf("the statistics have %d", n)
	}
}

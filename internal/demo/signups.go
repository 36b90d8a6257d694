package demo

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/types"

	"gonets/internal/consent"
	"gonets/internal/database"
)

// form is a sign-up form of a shop, and how its page was used.
type form struct {
	list, name, title, text, consent string
	fields                           string // as in the collection
	days                             int    // since it is on the site
}

// addForm adds the shop's form, and says of whoever is confirmed on its list since then that they came in through it: what they
// agreed to, and what the form shows by day.
func (p *play) addForm(db dbx.Builder) error {
	f, at := p.shop.form, p.at(-p.shop.form.days, 9, 0)
	id, list := p.ids.at(at), p.lists[p.shop.form.list]
	forms := newRows("forms", "id", "owner", "name", "lists", "title", "text", "fields", "consent_text", "language", "active", "sender", "created", "updated")
	forms.add(id, p.owner, f.name, `["`+list+`"]`, f.title, f.text, f.fields, f.consent, p.shop.language, true, p.sender, database.Stamp(at), database.Stamp(at))
	if err := forms.insert(db); err != nil {
		return err
	}
	var came []struct {
		Client  string         `db:"client"`
		Email   string         `db:"email"`
		Created types.DateTime `db:"created"`
	}
	err := db.NewQuery(`
		SELECT c.id AS client, c.email, c.created FROM clients c JOIN subscriptions s ON s.client = c.id AND s.list = {:list} AND s.status = 'confirmed'
		WHERE c.owner = {:owner} AND c.created > {:since} ORDER BY c.created, c.id`).
		Bind(dbx.Params{"owner": p.owner, "list": list, "since": database.Stamp(at)}).All(&came)
	if err != nil {
		return fmt.Errorf("find who came in through the form: %w", err)
	}
	log := newRows("consents", "id", "owner", "client", "email", "list", "form", "event", "text", "ip", "user_agent", "created")
	confirmed := map[string]int{}
	for i, c := range came {
		joined := c.Created.Time()
		asked := joined.Add(-p.crowd.minutes(90))
		if asked.Before(at) {
			asked = at
		}
		ip, browser := fmt.Sprintf("192.0.2.%d", 1+i%250), browsers[i%len(browsers)] // RFC 5737: an address of nobody
		log.add(p.ids.at(asked), p.owner, "", c.Email, list, id, string(consent.Requested), f.consent, ip, browser, database.Stamp(asked))
		log.add(p.ids.at(joined), p.owner, c.Client, c.Email, list, id, string(consent.Confirmed), f.consent, ip, browser, database.Stamp(joined))
		confirmed[joined.UTC().Format(time.DateOnly)]++
	}
	if err := log.insert(db); err != nil {
		return err
	}
	days := newRows("form_days", "form", "day", "shown", "requested", "confirmed")
	for day := at; !day.After(p.now); day = day.AddDate(0, 0, 1) {
		date := day.UTC().Format(time.DateOnly)
		requested := confirmed[date] + p.crowd.IntN(2)
		days.add(id, date, 3*requested+p.crowd.IntN(9), requested, confirmed[date])
	}
	return days.insert(db)
}

// browsers are what those who came in through a form used.
var browsers = []string{
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
	"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
}

package feedback

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/address"
	"gonets/internal/arrival"
	"gonets/internal/bounce"
	"gonets/internal/database"
	"gonets/internal/excerpt"
	"gonets/internal/mailing"
	"gonets/internal/refusal"
	"gonets/internal/stats"
	"gonets/internal/undelivered"
)

// booking books what e-mails or reports say, in one transaction.
type booking struct {
	ctx    context.Context
	db     dbx.Builder
	app    core.App
	source Source
	now    time.Time
	// results are for the statistics, which are written at the end.
	results []stats.Result
}

// report books what a report says. paths are addresses that may contain a token, the likeliest first. It fills in what the
// lines are tied to.
func (t *booking) report(lines []Line, paths []string, original bounce.Original) (arrival.Outcome, error) {
	r, ok, err := t.proven(paths, original.MessageID)
	if err != nil {
		return "", err
	}
	if ok { // our e-mails have one recipient each, so the report is about one
		return t.book(about(lines, r.Email), r)
	}
	outcome := arrival.NotOurs
	looked := 0
	for i := range lines {
		l := &lines[i]
		if !hasEffect(l.Kind) || l.Address == "" || looked == mostAddresses {
			continue
		}
		looked++
		r, ok, err := t.byAddress(original, l.Address, l.Final)
		if err != nil {
			return "", err
		}
		if !ok || l.Kind == bounce.Complaint && t.doubts(r) {
			continue
		}
		one, err := t.book(l, r)
		if err != nil {
			return "", err
		}
		if order[one] > order[outcome] {
			outcome = one
		}
	}
	return outcome, nil
}

// order says which outcome of several the e-mail has: it is handed in again as long as one recipient needs it.
var order = map[arrival.Outcome]int{arrival.NotOurs: 0, arrival.Known: 1, arrival.Booked: 2, arrival.Later: 3}

// hasEffect is true for the kinds that change something.
func hasEffect(k bounce.Kind) bool {
	return k == bounce.Hard || k == bounce.Soft || k == bounce.Block || k == bounce.Complaint
}

// about is the line of a report that is about an e-mail to an address: the one with the address, or else the mildest of all.
// The address was a list, perhaps, of which one member does not exist.
func about(lines []Line, email string) *Line {
	mildness := []bounce.Kind{bounce.Delivered, bounce.Delayed, bounce.Reply, bounce.Unknown, bounce.Block, bounce.Soft, bounce.Hard, bounce.Complaint}
	for _, kind := range mildness {
		for i := range lines {
			if lines[i].Kind == kind && email != "" && (isSame(lines[i].Address, email) || isSame(lines[i].Final, email)) {
				return &lines[i]
			}
		}
	}
	for _, kind := range mildness {
		for i := range lines {
			if lines[i].Kind == kind {
				return &lines[i]
			}
		}
	}
	return &lines[0]
}

// isSame reports whether an address of a report is a recipient's.
func isSame(reported, email string) bool {
	if strings.EqualFold(reported, email) {
		return true
	}
	normal, err := address.Normalize(reported)
	return err == nil && normal == email
}

// book books what a line says of a recipient.
func (t *booking) book(l *Line, r target) (arrival.Outcome, error) {
	l.Mailing, l.Client, l.MatchedBy = r.Mailing, r.Client, r.by
	switch {
	case l.Kind == bounce.Reply, l.Kind == bounce.Unknown:
		return arrival.NotOurs, nil
	case !hasEffect(l.Kind):
		return arrival.Booked, nil
	case r.Mailing == "":
		l.Client = ""
		return t.bookDeleted(l, r)
	case r.State == mailing.Sending:
		return arrival.Later, nil
	}
	added, err := t.add(l, r)
	if err != nil {
		return "", err
	}
	if !added {
		return t.worsen(l, r)
	}
	if err := t.settle(l, r); err != nil {
		return "", err
	}
	if err := t.follow(l, r); err != nil {
		return "", err
	}
	return arrival.Booked, t.pause(r.Mailing)
}

// worsen books a hard bounce after a milder one of the same try: the first system that was asked was busy, the last one does not
// know the address. The recipient stays as it is, and the address goes on the stop list.
func (t *booking) worsen(l *Line, r target) (arrival.Outcome, error) {
	if l.Kind != bounce.Hard || t.doubts(r) {
		return arrival.Known, nil
	}
	milder := false
	err := t.db.NewQuery(`SELECT EXISTS (SELECT 1 FROM bounces WHERE id = {:id} AND kind <> 'hard')`).
		Bind(dbx.Params{"id": mailing.AttemptID(r.ID, max(1, r.Tries))}).Row(&milder)
	if err != nil {
		return "", fmt.Errorf("read an earlier bounce: %w", err)
	}
	if !milder {
		return arrival.Known, nil
	}
	return arrival.Booked, t.follow(l, r)
}

// bookDeleted books what arrives after the mailing was deleted: the address is the one of the report. The token proves that an
// e-mail was sent to the recipient's number, not to that address, so one token is good for one address.
func (t *booking) bookDeleted(l *Line, r target) (arrival.Outcome, error) {
	for _, reported := range []string{r.Email, l.Address, l.Final} {
		email, err := address.Normalize(reported)
		if err != nil {
			continue
		}
		r.Email, r.Client, r.Tries = email, "", 1
		if added, err := t.add(l, r); err != nil || !added {
			return arrival.Known, err
		}
		return arrival.Booked, t.follow(l, r)
	}
	return arrival.Booked, nil
}

// add adds a row to bounces. It returns false if there is one of this try, or for a complaint of this recipient.
func (t *booking) add(l *Line, r target) (bool, error) {
	try := max(1, r.Tries)
	if l.Kind == bounce.Complaint {
		try = 0
	}
	res, err := t.db.NewQuery(`
		INSERT INTO bounces (id, mailing, client, owner, email, kind, code, enhanced_code, diagnostic, source, created)
		VALUES ({:id}, {:mailing}, {:client}, {:owner}, {:email}, {:kind}, {:code}, {:enhanced}, {:diagnostic}, {:source}, {:now})
		ON CONFLICT DO NOTHING`).
		Bind(dbx.Params{
			"id": mailing.AttemptID(r.ID, try), "mailing": r.Mailing, "client": r.Client, "owner": r.Owner, "email": r.Email,
			"kind": string(l.Kind), "code": l.Code, "enhanced": l.Enhanced, "diagnostic": excerpt.Of(l.Diagnostic, bounce.MaxDiagnostic),
			"source": string(t.source), "now": database.Stamp(t.now),
		}).Execute()
	if err != nil {
		return false, fmt.Errorf("add a bounce: %w", err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// settle changes the state of the recipient and the counters of the mailing, and notes it for the statistics. Only who was sent an e-mail
// becomes bounced: a report about an earlier try changes nothing for one that waits for the next.
func (t *booking) settle(l *Line, r target) error {
	result := stats.Result{At: t.now, Owner: r.Owner, Mailing: r.Mailing, Email: r.Email, Code: l.Code, Enhanced: l.Enhanced}
	if r.Client == "" { // a transactional e-mail: the statistics have no mailing for them
		result.Mailing = ""
	}
	params := dbx.Params{"id": r.ID, "mailing": r.Mailing, "now": database.Stamp(t.now), "reason": string(l.Kind)}
	recipient, counters := "", ""
	switch {
	case l.Kind == bounce.Complaint:
		params["reason"] = mailing.ReasonComplained
		recipient = `UPDATE recipients SET reason = {:reason} WHERE id = {:id} AND state = 'sent' AND reason = ''`
		counters = `complained = complained + 1`
		result.Complained = 1
	case r.State == mailing.Sent || r.State == mailing.Uncertain:
		recipient = `UPDATE recipients SET state = 'bounced', reason = {:reason}, next_try_at = 0 WHERE id = {:id}`
		was := string(r.State) // the name of the counter, too
		counters = was + ` = ` + was + ` - 1, bounced = bounced + 1`
		result.Bounced, result.Class = 1, refusal.Class(l.Kind)
	default:
		return nil
	}
	if _, err := t.db.NewQuery(recipient).Bind(params).Execute(); err != nil {
		return fmt.Errorf("change the state of recipient %d: %w", r.ID, err)
	}
	if _, err := t.db.NewQuery(`UPDATE mailings SET ` + counters + `, updated = {:now} WHERE id = {:mailing}`).Bind(params).Execute(); err != nil {
		return fmt.Errorf("count a bounce of mailing %s: %w", r.Mailing, err)
	}
	t.results = append(t.results, result)
	return nil
}

// doubts reports whether what is said of a recipient may be forged: it is tied by the address alone, and came as an e-mail.
func (t *booking) doubts(r target) bool { return r.by == byAddress && t.source != FromWebhook }

// follow puts the address on the stop list if the rules say so. A hard bounce that may be forged counts like a soft one. A
// complaint that may be forged is not booked at all: one among some hundred recipients pauses a mailing.
func (t *booking) follow(l *Line, r target) error {
	if l.Kind == bounce.Complaint {
		return undelivered.Complaint(t.db, r.Owner, r.Mailing, r.Email, l.Diagnostic)
	}
	class := refusal.Class(l.Kind)
	if t.doubts(r) && class == refusal.Hard {
		class = refusal.Soft
	}
	sent, err := t.sentAt(r)
	if err != nil {
		return err
	}
	if sent.IsZero() {
		sent = t.now
	}
	return undelivered.Record(t.db, undelivered.Failure{
		Owner: r.Owner, Mailing: r.Mailing, Email: r.Email, Class: class, Note: l.Diagnostic, SentAt: sent,
	})
}

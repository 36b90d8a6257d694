package feedback

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/internal/arrival"
	"gonets/internal/bounce"
	"gonets/internal/compose"
	"gonets/internal/returnpath"
	"gonets/internal/smtptest"
	"gonets/internal/webhook"
)

// headerOf is the header of a mail.
func headerOf(m smtptest.Mail) string {
	header, _, _ := bytes.Cut(m.Body, []byte("\r\n\r\n"))
	return string(header)
}

func TestAForgedTokenChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "plus")
	w.NewClients(2)
	id, mails := w.send()
	m := mails["person0@example0.com"]
	path, err := returnpath.New("bounces@example.org", returnpath.Plus)
	if err != nil {
		t.Fatal(err)
	}
	forged := path.Of(returnpath.NewKey(), 1<<32+1)
	w.want(arrival.NotOurs, report(forged, m.To[0], "5.1.1", "550 no such user", ""))
	// The Message-ID does not make a return path, nor the other way round.
	messageID := strings.Split(strings.Split(headerOf(m), "Message-ID: <")[1], "@")[0]
	w.want(arrival.NotOurs, report("bounces+"+messageID+"@example.org", m.To[0], "5.1.1", "550 no such user", ""))
	token, _, _ := strings.Cut(strings.TrimPrefix(m.From, "bounces+"), "@")
	w.want(arrival.NotOurs, report("bounces@example.org", m.To[0], "5.1.1", "550 no such user", "Message-ID: <"+token+"@example.org>\nFrom: news@example.org\nSubject: x"))
	// Without a token, the address is no proof: the return path would have had one.
	w.want(arrival.NotOurs, report("bounces@example.org", m.To[0], "5.1.1", "550 no such user", ""))
	w.wantCounts(id, 2, 0, 0)
	if list := w.StopList(); len(list) != 0 {
		t.Errorf("the stop list is %v", list)
	}
}

func TestATokenChangesItsRecipientOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "plus")
	w.NewClients(2)
	id, mails := w.send()
	m := mails["person0@example0.com"]
	// Who knows the own token names somebody else, who has not even the same owner.
	forged := dsn(m, "5.1.1", "550 no such user")
	forged = bytes.ReplaceAll(forged, []byte("Final-Recipient: rfc822; person0@example0.com"), []byte("Final-Recipient: rfc822; person1@example1.com"))
	w.want(arrival.Booked, forged)
	w.wantCounts(id, 1, 1, 0)
	if list := w.StopList(); len(list) != 1 || list[0] != "person0@example0.com bounced" {
		t.Errorf("the stop list is %v", list)
	}
}

func TestTheMessageIDTiesAReport(t *testing.T) {
	t.Parallel()
	for _, style := range []string{"plain", "", "plus"} {
		t.Run("style "+style, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, style)
			w.NewClients(2)
			id, mails := w.send()
			m := mails["person1@example1.com"]
			// Neither the return path nor the address says whom it is about.
			w.want(arrival.Booked, report("postmaster@example.org", "redacted@example.net", "5.1.1", "550 5.1.1 no such user", headerOf(m)))
			w.wantCounts(id, 1, 1, 0)
			if list := w.StopList(); len(list) != 1 || list[0] != "person1@example1.com bounced" {
				t.Errorf("the stop list is %v", list)
			}
		})
	}
}

func TestAnAddressAloneTiesAReportOfAPlainReturnPath(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "plain")
	w.NewClients(4)
	id, _ := w.send()
	w.want(arrival.NotOurs, report("bounces@example.org", "nobody@example.net", "5.1.1", "550 no such user", ""))
	w.want(arrival.NotOurs, report("bounces@example.org", "person0@example0.com", "5.1.1", "550 no such user", "From: boss@example.org\nMessage-ID: <a@b>\nReceived: x"))
	w.want(arrival.Booked, report("bounces@example.org", "Person0@example0.com", "5.1.1", "550 no such user", "From: News <news@example.org>\nMessage-ID: <a@b>\nReceived: x"))
	w.want(arrival.Known, report("bounces@example.org", "person0@example0.com", "5.1.1", "550 no such user", ""))
	// A complaint may be forged as easily, and pauses a mailing sooner.
	w.want(arrival.NotOurs, []byte(strings.ReplaceAll("From: feedback@example.net\nTo: <bounces@example.org>\nMIME-Version: 1.0\n"+
		"Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n"+
		"User-Agent: x\nVersion: 1\nOriginal-Rcpt-To: person3@example3.com\n\n--b--\n", "\n", "\r\n")))
	w.wantCounts(id, 3, 1, 0)
	if list := w.StopList(); len(list) != 0 {
		t.Errorf("an address alone puts %v on the stop list", list)
	}
	w.at(time.Now().Add(8 * 24 * time.Hour))
	w.want(arrival.NotOurs, report("bounces@example.org", "person1@example1.com", "5.1.1", "550 no such user", ""))
	w.at(time.Now())

	t.Run("but not of two owners", func(t *testing.T) {
		other := w.NewUser("other@example.org")
		mine := w.Owner
		w.Owner = other
		w.NewClient("person2@example2.com")
		second, _ := w.send()
		w.Owner = mine
		w.want(arrival.NotOurs, report("bounces@example.org", "person2@example2.com", "5.1.1", "550 no such user", ""))
		w.wantCounts(second, 1, 0, 0)
	})
	w.wantCounts(id, 3, 1, 0)
}

func TestAnEarlierMessageIDIsExact(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "plain")
	w.NewClients(1)
	id, _ := w.send()
	earlier := compose.MessageID(id, "c00000000000000", "example.org")
	w.want(arrival.Booked, report("bounces@example.org", "person0@example0.com", "5.1.1", "550 no such user", "Message-ID: "+earlier+"\nFrom: news@example.org\nSubject: x"))
	w.wantCounts(id, 0, 1, 0)
	if list := w.StopList(); len(list) != 1 {
		t.Errorf("the stop list is %v", list)
	}
}

func TestABounceOfADeletedMailingReachesTheStopList(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "plus")
	w.NewClients(3)
	id, mails := w.send()
	w.sql(`DELETE FROM mailings WHERE id = {:id}`, dbx.Params{"id": id})
	w.want(arrival.Booked, dsn(mails["person0@example0.com"], "5.1.1", "550 no such user")) // its rows are still there
	for _, table := range []string{"recipients", "attempts", "contents"} {
		w.sql(`DELETE FROM `+table+` WHERE mailing = {:id}`, dbx.Params{"id": id})
	}
	m := mails["person1@example1.com"]
	if ours, err := w.booker.IsOurs(t.Context(), m.From); err != nil || !ours {
		t.Errorf("ours: %v, %v", ours, err)
	}
	w.want(arrival.Booked, dsn(m, "5.1.1", "550 no such user"))
	// One token is good for one address.
	m.To = []string{"somebody@example.net"}
	w.want(arrival.Known, dsn(m, "5.1.1", "550 no such user"))
	w.want(arrival.Booked, complaint(mails["person2@example2.com"]))
	if list := w.StopList(); len(list) != 2 && len(list) != 3 {
		t.Errorf("the stop list is %v", list)
	}
	if n := w.count(`SELECT COUNT(*) FROM bounces WHERE mailing = '' AND owner = {:owner}`, dbx.Params{"owner": w.Owner}); n < 2 {
		t.Errorf("%d bounces", n)
	}
	if err := Forget(t.Context(), w.App, time.Now().Add(91*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if ours, err := w.booker.IsOurs(t.Context(), m.From); err != nil || ours {
		t.Errorf("after 90 days ours: %v, %v", ours, err)
	}
}

func TestAReportBeforeTheResultWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "plus")
	w.NewClients(1)
	id, mails := w.send()
	m := mails["person0@example0.com"]
	w.sql(`UPDATE recipients SET state = 'sending'`, nil)
	w.want(arrival.Later, dsn(m, "5.1.1", "550 no such user"))
	reports := []webhook.Report{{
		Recipient: bounce.Recipient{Kind: bounce.Complaint, Address: m.To[0]}, ID: "event 1", ReturnPath: m.From,
	}}
	if err := w.booker.Reports(t.Context(), "hook", reports); err == nil || !strings.Contains(err.Error(), "still") {
		t.Errorf("%v", err)
	}
	if n := w.count(`SELECT (SELECT COUNT(*) FROM bounces) + (SELECT COUNT(*) FROM arrivals) + (SELECT COUNT(*) FROM webhook_reports)`, nil); n != 0 {
		t.Errorf("%d rows were written", n)
	}
	w.sql(`UPDATE recipients SET state = 'sent'`, nil)
	w.want(arrival.Booked, dsn(m, "5.1.1", "550 no such user"))
	for range 2 {
		if err := w.booker.Reports(t.Context(), "hook", reports); err != nil {
			t.Error(err)
		}
	}
	w.wantCounts(id, 0, 1, 1)
	if list := w.StopList(); len(list) != 1 || list[0] != "person0@example0.com complained" {
		t.Errorf("the stop list is %v", list)
	}
}

package ledger

import (
	"fmt"
	"slices"
	"testing"

	"github.com/pocketbase/dbx"

	"gonets/internal/mailing"
	"gonets/internal/verdict"
)

// TestWhoOptedOutStaysOnTheStopListOfAServerThatIsNotBelieved has one of those whom the mailing had put there
// opt out before the mailing pauses.
func TestWhoOptedOutStaysOnTheStopListOfAServerThatIsNotBelieved(t *testing.T) {
	t.Parallel()
	b := newBooks(t, verdict.MostUnknown+5)
	unknown := verdict.Outcome{State: mailing.Failed, Reason: mailing.ReasonBadAddress, Status: "failure", Code: 550, Enhanced: "5.1.1", Response: "550 5.1.1 User unknown"}
	all := b.recipients()
	for i, r := range all {
		if n, _ := b.claimAll(all[i : i+1]); n != one(i < verdict.MostUnknown) {
			t.Fatalf("recipient %d: %d were claimed", i, n)
		}
		if r.State != mailing.Sending {
			continue
		}
		if n := len(b.StopList()); n != i {
			t.Errorf("after %d unknown addresses %d are on the stop list", i, n)
		}
		if i == 3 {
			_, err := b.App.NonconcurrentDB().NewQuery(`UPDATE suppressions SET reason = 'unsubscribed' WHERE value = {:value}`).
				Bind(dbx.Params{"value": all[0].Email}).Execute()
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := b.ledger.writeBatch([]*Entry{{Settle: r, Result: unknown}}); err != nil {
			t.Fatal(err)
		}
	}
	if list := b.StopList(); !slices.Equal(list, []string{fmt.Sprint(all[0].Email, " unsubscribed")}) {
		t.Errorf("on the stop list are %q", list)
	}
	if status := b.Record(b.id).GetString("status"); status != string(mailing.Paused) {
		t.Errorf("it is %s", status)
	}
	b.Audit(b.id)
}

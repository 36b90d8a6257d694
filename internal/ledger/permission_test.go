package ledger

import (
	"testing"
)

// TestNothingIsClaimedForAnOwnerWhoMayNotSend changes the owner behind the back of all verbs, and asks the
// ledger.
func TestNothingIsClaimedForAnOwnerWhoMayNotSend(t *testing.T) {
	t.Parallel()
	for _, change := range []string{"blocked = TRUE", "awaiting_approval = TRUE", "verified = FALSE"} {
		t.Run(change, func(t *testing.T) {
			t.Parallel()
			b := newBooks(t, 1)
			r := b.recipients()[0]
			set := func(change string) {
				if _, err := b.App.NonconcurrentDB().NewQuery(`UPDATE users SET ` + change).Execute(); err != nil {
					t.Fatal(err)
				}
			}
			set(change)
			e := &Entry{Claim: r}
			if err := b.ledger.writeBatch([]*Entry{e}); err != nil || e.Claimed {
				t.Errorf("claimed %t, %v", e.Claimed, err)
			}
			set("blocked = FALSE, awaiting_approval = FALSE, verified = TRUE")
			if err := b.ledger.writeBatch([]*Entry{e}); err != nil || !e.Claimed {
				t.Errorf("of an owner who may send: claimed %t, %v", e.Claimed, err)
			}
		})
	}
}

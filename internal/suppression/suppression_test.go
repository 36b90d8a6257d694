package suppression

import (
	"fmt"
	"maps"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
	"gonets/internal/keyedhash"
)

func TestSuppressed(t *testing.T) {
	app := apptest.New(t)
	owner, other := clienttest.Owner(t, app, "owner@example.com"), clienttest.Owner(t, app, "other@example.com")
	key, err := secret(app, secretErased)
	if err != nil {
		t.Fatal(err)
	}
	keyed := keyedhash.New(key)
	for _, s := range []struct{ owner, kind, value, reason string }{
		{owner, "address", "anna@example.com", ReasonBounced},
		{owner, "domain", "bad.example", ReasonManual},
		{owner, "address", "both@bad.example", ReasonComplained},
		{owner, "erased", erasedHash(keyed, owner, "gone@example.com"), ReasonUnsubscribed},
		{owner, "erased", erasedHash(keyed, other, "other@example.com"), ReasonUnsubscribed},
		{other, "address", "boris@example.com", ReasonUnsubscribed},
	} {
		clienttest.Record(t, app, "suppressions", map[string]any{"owner": s.owner, "kind": s.kind, "value": s.value, "reason": s.reason})
	}
	got, err := Reasons(app.DB(), owner, []string{
		"anna@example.com", "boris@example.com", "who@bad.example", "both@bad.example", "who@mail.bad.example",
		"gone@example.com", "other@example.com",
	})
	want := map[string]string{
		"anna@example.com": ReasonBounced,
		"who@bad.example":  ReasonManual,
		"both@bad.example": ReasonComplained,
		"gone@example.com": ReasonUnsubscribed,
	}
	if err != nil || !maps.Equal(got, want) {
		t.Fatalf("%v, %v", got, err)
	}
}

func TestSuppressMirrorsTheStatus(t *testing.T) {
	app := apptest.New(t)
	owner, other := clienttest.Owner(t, app, "owner@example.com"), clienttest.Owner(t, app, "other@example.com")
	const email = "anna@example.com"
	clienttest.Client(t, app, owner, email)
	clienttest.Client(t, app, other, email)
	db := app.NonconcurrentDB()

	for _, step := range []struct{ name, reason, want string }{
		{"a bounce", ReasonBounced, "bounced"},
		{"an opt-out binds more than a bounce", ReasonUnsubscribed, "unsubscribed"},
		{"a bounce does not soften an opt-out", ReasonBounced, "unsubscribed"},
		{"the owner's decision does not either", ReasonManual, "unsubscribed"},
		{"a complaint binds most", ReasonComplained, "complained"},
	} {
		if err := Add(db, owner, email, step.reason, aMailing, ""); err != nil {
			t.Fatal(err)
		}
		if got := clienttest.Status(t, app, owner, email); got != step.want {
			t.Errorf("after %s the status is %s, want %s", step.name, got, step.want)
		}
	}
	if got := clienttest.Status(t, app, other, email); got != StatusActive {
		t.Errorf("another owner's client is %s", got)
	}
	if n, _ := app.CountRecords("suppressions"); n != 1 {
		t.Errorf("%d suppressions", n)
	}
	for range 2 {
		if err := unsuppress(db, owner, email); err != nil {
			t.Fatal(err)
		}
	}
	if got := clienttest.Status(t, app, owner, email); got != StatusActive {
		t.Errorf("taken off the stop list, the client is %s", got)
	}
}

func TestUnsuppressedAddressStaysUnderItsDomain(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	clienttest.Client(t, app, owner, "anna@bad.example")
	clienttest.Client(t, app, owner, "anna@notbad.example")
	clienttest.Record(t, app, "suppressions", map[string]any{"owner": owner, "kind": "domain", "value": "bad.example", "reason": ReasonManual})
	err := app.RunInTransaction(func(tx core.App) error { return MirrorMany(tx, owner, "domain", "bad.example") })
	if err != nil {
		t.Fatal(err)
	}
	if err := Add(app.NonconcurrentDB(), owner, "anna@bad.example", ReasonBounced, "", ""); err != nil {
		t.Fatal(err)
	}
	if got := clienttest.Status(t, app, owner, "anna@bad.example"); got != "bounced" {
		t.Errorf("the address' own reason should show, not %s", got)
	}
	if err := unsuppress(app.NonconcurrentDB(), owner, "anna@bad.example"); err != nil {
		t.Fatal(err)
	}
	if got := clienttest.Status(t, app, owner, "anna@bad.example"); got != "unsubscribed" {
		t.Errorf("the domain is still suppressed, the client is %s", got)
	}
	if got := clienttest.Status(t, app, owner, "anna@notbad.example"); got != StatusActive {
		t.Errorf("a domain that only ends alike makes the client %s", got)
	}
}

// unsuppress removes the address from the owner's stop list as a deletion of the record does.
func unsuppress(db dbx.Builder, owner, email string) error {
	return atOnce(db, func(tx dbx.Builder) error {
		_, err := tx.NewQuery(`DELETE FROM suppressions WHERE owner = {:owner} AND kind = 'address' AND value = {:email}`).
			Bind(dbx.Params{"owner": owner, "email": email}).Execute()
		if err != nil {
			return fmt.Errorf("take %s off the stop list: %w", email, err)
		}
		return Mirror(tx, owner, []string{email})
	})
}

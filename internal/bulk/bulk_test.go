package bulk

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
)

// people are an owner with clients and two lists, and another one with a client.
type people struct {
	app                 core.App
	owner, list, second string
	clients             []string
	theirs              string
}

func newPeople(t *testing.T, n int) *people {
	t.Helper()
	app := apptest.New(t)
	p := &people{app: app, owner: clienttest.Owner(t, app, "owner@example.com")}
	for i := range n {
		p.clients = append(p.clients, clienttest.Client(t, app, p.owner, fmt.Sprintf("c%04d@example.com", i), nil))
	}
	p.list, p.second = clienttest.List(t, app, p.owner), clienttest.List(t, app, p.owner)
	p.theirs = clienttest.Client(t, app, clienttest.Owner(t, app, "other@example.com"), "z@example.com", nil)
	return p
}

// on is who is on a list with a status.
func (p *people) on(t *testing.T, list, status string) []string {
	t.Helper()
	var ids []string
	err := p.app.DB().Select("client").From("subscriptions").Where(dbx.HashExp{"list": list, "status": status}).Column(&ids)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(ids)
	return ids
}

func sorted(ids ...string) []string { return slices.Sorted(slices.Values(ids)) }

func TestManyJoinAndLeaveAList(t *testing.T) {
	p := newPeople(t, 5)
	clienttest.Subscribe(t, p.app, p.owner, p.list, p.clients[0], "unsubscribed")
	clienttest.Subscribe(t, p.app, p.owner, p.list, p.clients[1], "pending")
	asked := append(slices.Clone(p.clients), p.theirs, "nobody000000000", p.clients[2])
	joined, err := Join(t.Context(), p.app, p.owner, p.list, asked, "confirmed")
	if err != nil || joined.Refused != 1 || !slices.Equal(sorted(joined.Clients...), sorted(p.clients[2:]...)) {
		t.Fatalf("%+v, %v", joined, err)
	}
	if got := p.on(t, p.list, "confirmed"); !slices.Equal(got, sorted(p.clients[2:]...)) {
		t.Errorf("on the list are %v", got)
	}
	if again, err := Join(t.Context(), p.app, p.owner, p.list, asked, "confirmed"); err != nil || len(again.Clients) > 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
	left, err := Leave(t.Context(), p.app, p.owner, p.list, asked)
	if err != nil || !slices.Equal(left.Pending, p.clients[1:2]) || !slices.Equal(sorted(left.Confirmed...), sorted(p.clients[2:]...)) {
		t.Fatalf("%+v, %v", left, err)
	}
	if got := p.on(t, p.list, "unsubscribed"); !slices.Equal(got, p.clients[:1]) {
		t.Errorf("who had unsubscribed is lost: %v", got)
	}
	// What was undone is as it was.
	for status, ids := range map[string][]string{"confirmed": left.Confirmed, "pending": left.Pending} {
		if _, err := Join(t.Context(), p.app, p.owner, p.list, ids, status); err != nil {
			t.Fatal(err)
		}
		if got := p.on(t, p.list, status); !slices.Equal(got, sorted(ids...)) {
			t.Errorf("brought back as %s: %v", status, got)
		}
	}
}

func TestManyAreDeletedWithWhatBelongsToThem(t *testing.T) {
	p := newPeople(t, 0)
	clienttest.Fill(t, p.app, p.owner, p.list, 2*chunk+3)
	if err := p.app.DB().Select("id").From("clients").Where(dbx.HashExp{"owner": p.owner}).Column(&p.clients); err != nil {
		t.Fatal(err)
	}
	if _, err := Join(t.Context(), p.app, p.owner, p.list, p.clients, "confirmed"); err != nil {
		t.Fatal(err)
	}
	stays := p.clients[7]
	mailings, err := p.app.FindCollectionByNameOrId("mailings")
	if err != nil {
		t.Fatal(err)
	}
	m := core.NewRecord(mailings)
	m.Load(map[string]any{"owner": p.owner, "audience": "picked", "recipients": []string{p.clients[0], stays, p.clients[1]}, "status": "created"})
	if err := p.app.Save(m); err != nil {
		t.Fatal(err)
	}
	gone := append(slices.DeleteFunc(slices.Clone(p.clients), func(id string) bool { return id == stays }), p.theirs)
	n, err := Delete(t.Context(), p.app, p.owner, gone)
	if err != nil || n != len(gone)-1 {
		t.Fatalf("%d of %d, %v", n, len(gone)-1, err)
	}
	if got := p.on(t, p.list, "confirmed"); !slices.Equal(got, []string{stays}) {
		t.Errorf("on the list are %d", len(got))
	}
	var left []string
	if err := p.app.DB().Select("id").From("clients").Column(&left); err != nil || !slices.Equal(sorted(left...), sorted(stays, p.theirs)) {
		t.Errorf("left are %v, %v", left, err)
	}
	if m, err = p.app.FindRecordById("mailings", m.Id); err != nil || !slices.Equal(m.GetStringSlice("recipients"), []string{stays}) {
		t.Errorf("picked are %v, %v", m.GetStringSlice("recipients"), err)
	}
	// The links in emails to them still work.
	var kept int
	if err := p.app.DB().NewQuery(`SELECT COUNT(*) FROM deleted_clients`).Row(&kept); err != nil || kept != len(gone)-1 {
		t.Errorf("%d addresses are kept, %v", kept, err)
	}
}

func TestWhatEndsBeforeItBeginsDoesNothing(t *testing.T) {
	p := newPeople(t, 3)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := Delete(ctx, p.app, p.owner, p.clients); err == nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
}

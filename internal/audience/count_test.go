package audience

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
	"gonets/internal/suppression"
)

func TestCount(t *testing.T) {
	app := apptest.New(t)
	owner, other := clienttest.Owner(t, app, "owner@example.com"), clienttest.Owner(t, app, "other@example.com")
	var ids []string
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		ids = append(ids, clienttest.Client(t, app, owner, name+"@example.com", map[string]any{"full_name": strings.ToUpper(name)}))
	}
	theirs := clienttest.Client(t, app, other, "a@example.com")
	if err := suppression.Add(app.NonconcurrentDB(), owner, "a@example.com", suppression.ReasonBounced, "", ""); err != nil {
		t.Fatal(err)
	}
	first, second := clienttest.List(t, app, owner, ids[0], ids[1], ids[2]), clienttest.List(t, app, owner, ids[1])
	clienttest.Subscribe(t, app, owner, second, ids[3], "unsubscribed")
	foreign := clienttest.List(t, app, other, theirs)

	for _, c := range []struct {
		name              string
		of                Audience
		count, suppressed int
		sample            string
	}{
		{"everyone", Audience{Kind: Everyone}, 7, 1, "B C D E F"},
		{"lists, each client once", Audience{Kind: Lists, Lists: []string{first, second}}, 3, 1, "B C"},
		{"another's list", Audience{Kind: Lists, Lists: []string{foreign}}, 0, 0, ""},
		{"no list", Audience{Kind: Lists}, 0, 0, ""},
		{"a filter", Audience{Kind: Everyone, Filter: `email < "c"`}, 2, 1, "B"},
		{"a filter over a list", Audience{Kind: Lists, Lists: []string{first}, Filter: `full_name = "A"`}, 1, 1, ""},
		{"the picked", Audience{Kind: Picked, Recipients: []string{ids[0], ids[6], theirs}}, 2, 1, "G"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.of.Count(context.Background(), app, owner)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, line := range got.Sample {
				if line.ID == "" || line.Email == "" {
					t.Errorf("a line of the sample is incomplete: %+v", line)
				}
				names = append(names, line.FullName)
			}
			if got.Count != c.count || got.Suppressed != c.suppressed || got.Capped || strings.Join(names, " ") != c.sample {
				t.Errorf("%+v, want %d, %d suppressed, sample %s", got, c.count, c.suppressed, c.sample)
			}
		})
	}
}

func TestCountOfAFilterIsCapped(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	list := clienttest.List(t, app, owner)
	clienttest.Fill(t, app, owner, list, 10_500)
	for _, c := range []struct {
		of     Audience
		count  int
		capped bool
	}{
		{Audience{Kind: Everyone}, 10_500, false},
		{Audience{Kind: Everyone, Filter: `email != ""`}, 10_000, true},
		{Audience{Kind: Everyone, Filter: `attributes.city = "Тула"`}, 9_450, false},
	} {
		got, err := c.of.Count(context.Background(), app, owner)
		if err != nil || got.Count != c.count || got.Capped != c.capped || len(got.Sample) != sampleSize {
			t.Errorf("%+v: %+v, %v", c.of, got, err)
		}
	}
}

func TestCheck(t *testing.T) {
	app := apptest.New(t)
	owner, other := clienttest.Owner(t, app, "owner@example.com"), clienttest.Owner(t, app, "other@example.com")
	mine, theirs := clienttest.Client(t, app, owner, "a@example.com"), clienttest.Client(t, app, other, "a@example.com")
	list, foreign := clienttest.List(t, app, owner), clienttest.List(t, app, other)
	for _, c := range []struct {
		name        string
		of          Audience
		field, code string
	}{
		{"everyone is fine", Audience{Kind: Everyone}, "", ""},
		{"one's own lists are fine, also twice", Audience{Kind: Lists, Lists: []string{list, list}}, "", ""},
		{"one's own clients are fine", Audience{Kind: Picked, Recipients: []string{mine}}, "", ""},
		{"no kind", Audience{}, "audience", "unknown_audience"},
		{"a kind that is none", Audience{Kind: "all"}, "audience", "unknown_audience"},
		{"another's list", Audience{Kind: Lists, Lists: []string{list, foreign}}, "lists", "unknown_list"},
		{"another's client", Audience{Kind: Picked, Recipients: []string{theirs}}, "recipients", "unknown_client"},
		{"an id that is none", Audience{Kind: Picked, Recipients: []string{"' OR 1=1"}}, "recipients", "unknown_client"},
		{"too many clients", Audience{Kind: Picked, Recipients: make([]string, maxPicked+1)}, "recipients", "too_many"},
		{"too many lists", Audience{Kind: Lists, Lists: make([]string, maxLists+1)}, "lists", "too_many"},
		{"a wrong filter", Audience{Kind: Everyone, Filter: "owner = 1"}, "filter", FilterField},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.of.Check(app, owner)
			var invalid *InvalidError
			if errors.As(err, &invalid) != (c.code != "") || invalid != nil && (invalid.Field != c.field || invalid.Code != c.code) {
				t.Errorf("%v (%+v)", err, invalid)
			}
		})
	}
}

// BenchmarkCount counts the audiences of an owner with a million clients.
func BenchmarkCount(b *testing.B) {
	app := apptest.New(b)
	owner := clienttest.Owner(b, app, "owner@example.com")
	list := clienttest.List(b, app, owner)
	clienttest.Fill(b, app, owner, list, 1_000_000)
	for _, of := range benchmarked(list) {
		b.Run(of.name, func(b *testing.B) {
			for b.Loop() {
				start := time.Now()
				if _, err := of.Count(context.Background(), core.App(app), owner); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(time.Since(start).Milliseconds()), "ms")
			}
		})
	}
}

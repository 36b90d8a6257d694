package audience

import (
	"errors"
	"slices"
	"testing"
	"time"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
	"gonets/internal/deadline"
	"gonets/internal/suppression"
)

func TestLacking(t *testing.T) {
	app := apptest.New(t)
	owner, other := clienttest.Owner(t, app, "owner@example.com"), clienttest.Owner(t, app, "other@example.com")
	var ids []string
	for email, data := range map[string]map[string]any{
		"a@example.com": {"full_name": "Anna", "attributes": `{"city":"York","address":{"street":"Main"},"tags":["a"],"home town":"York"}`},
		"b@example.com": {"full_name": "", "attributes": `{"city":"","tags":[],"address":{}}`},
		"c@example.com": {"full_name": "Clara", "attributes": `{"city":null,"vip":false}`},
		"d@example.com": {"full_name": "Dora"},
	} {
		ids = append(ids, clienttest.Client(t, app, owner, email, data))
	}
	clienttest.Client(t, app, other, "z@example.com", map[string]any{})
	clienttest.Client(t, app, owner, "stopped@example.com", map[string]any{})
	if err := suppression.Add(app.NonconcurrentDB(), owner, "stopped@example.com", suppression.ReasonBounced, "", ""); err != nil {
		t.Fatal(err)
	}
	fields := []string{"full_name", "attributes.city", "attributes.address.street", "attributes.tags", "attributes.vip", "attributes.home town", `attributes.it's "odd`, `attributes.it's odd`}
	for _, c := range []struct {
		name string
		of   Audience
		want []int
	}{
		{"everyone", Audience{Kind: Everyone}, []int{1, 3, 3, 3, 3, 3, 0, 4}},
		{"a filter", Audience{Kind: Everyone, Filter: `full_name != ""`}, []int{0, 2, 2, 2, 2, 2, 0, 3}},
		{"the picked", Audience{Kind: Picked, Recipients: ids[:0]}, []int{0, 0, 0, 0, 0, 0, 0, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.of.Lacking(t.Context(), app, owner, fields)
			if err != nil || !slices.Equal(got.Counts, c.want) || got.Capped {
				t.Errorf("%+v, %v; want %v", got, err, c.want)
			}
		})
	}
	for _, odd := range []string{`a\`, `a"`, `"`, `"."`, `[`, `a]`, `..`, ``, `0`, `a.0`, `a.-1`, `#-1`, `{:owner}`, `é`} {
		if got, err := (Audience{Kind: Everyone}).Lacking(t.Context(), app, owner, []string{"attributes." + odd}); err != nil || got.Of != 4 {
			t.Errorf("attributes.%s: %+v, %v", odd, got, err)
		}
	}
	if got, err := (Audience{Kind: Everyone}).Lacking(t.Context(), app, owner, make([]string, MaxLacking+5)); err != nil || len(got.Counts) != MaxLacking {
		t.Errorf("of too many fields: %d counts, %v", len(got.Counts), err)
	}
	deadline.Limit(app, time.Nanosecond)
	var slow *InvalidError
	if _, err := (Audience{Kind: Everyone}).Lacking(t.Context(), app, owner, fields); !errors.As(err, &slow) || slow.Code != FilterTooSlow {
		t.Errorf("out of time: %v", err)
	}
}

func TestLackingLooksAtNoMoreThanACountDoes(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	clienttest.Fill(t, app, owner, clienttest.List(t, app, owner), 10_500)
	got, err := (Audience{Kind: Everyone}).Lacking(t.Context(), app, owner, []string{"attributes.nothing"})
	if err != nil || got.Of != 10_000 || !got.Capped {
		t.Errorf("%+v, %v", got, err)
	}
}

package audience

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"gonets/internal/apptest"
	"gonets/internal/clienttest"
)

// filtered returns the clients of everybody that a filter lets through, by full name.
func filtered(t *testing.T, app core.App, filter string) []string {
	t.Helper()
	where, err := buildFilter(filter)
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	var names []string
	err = app.DB().Select("c.full_name").From("clients c").Where(where).OrderBy("c.full_name").Column(&names)
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	return names
}

func TestFilter(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	for name, attributes := range map[string]string{
		"Anna":  `{"city":"Москва","age":34,"vip":true,"zip":"007","address":{"street":"Арбат"},"tags":["new","gold"]}`,
		"Boris": `{"city":"Тула","age":"9","zip":"101000","город":"Тула"}`,
		"Clara": `{"age":"unknown","vip":false}`,
		"Dora":  `null`,
	} {
		clienttest.Client(t, app, owner, strings.ToLower(name)+"@example.com", map[string]any{
			"full_name": name, "attributes": attributes, "comment": "met " + name + " 100%",
		})
	}
	// What only raw SQL can leave behind must not make every filter fail.
	broken := clienttest.Client(t, app, owner, "eve@example.com", map[string]any{"full_name": "Eve"})
	if _, err := app.DB().NewQuery("UPDATE clients SET attributes = '{broken' WHERE id = '" + broken + "'").Execute(); err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct{ name, filter, want string }{
		{"a field equals a text", `email = "anna@example.com"`, "Anna"},
		{"a field contains a text", `comment ~ "met B"`, "Boris"},
		{"a per cent sign is escaped when asked", `comment ~ "%100\%"`, "Anna Boris Clara Dora"},
		{"conditions are joined and grouped", `(full_name = "Anna" || full_name = "Boris") && attributes.age > 10`, "Anna"},
		{"a date is compared", `created > "2000-01-01" && created < @tomorrow && full_name = "Anna"`, "Anna"},
		{"an attribute equals a text", `attributes.city = "Москва"`, "Anna"},
		{"an attribute with a Cyrillic name", `attributes.город = "Тула"`, "Boris"},
		{"a nested attribute", `attributes.address.street = "Арбат"`, "Anna"},
		{"an element of a list", `attributes.tags.1 = "gold"`, "Anna"},
		{"an attribute contains a text", `attributes.tags ~ "gold"`, "Anna"},
		{"a number written as text counts as a number", `attributes.age < 30`, "Boris"},
		{"a text that is no number is neither below nor above", `attributes.age > 0`, "Anna Boris"},
		{"a number compares with a text of the same digits", `attributes.age = "34"`, "Anna"},
		{"leading zeros are text", `attributes.zip = "007"`, "Anna"},
		{"a missing attribute is empty", `attributes.city = ""`, "Clara Dora Eve"},
		{"a missing attribute is not equal", `attributes.city != "Москва"`, "Boris Clara Dora Eve"},
		{"a missing attribute contains nothing", `attributes.city !~ "Мос"`, "Boris Clara Dora Eve"},
		{"a missing attribute comes neither before nor after", `attributes.city < "Я"`, "Anna Boris"},
		{"true is true", `attributes.vip = true`, "Anna"},
		{"null is missing", `attributes.vip = null`, "Boris Dora Eve"},
		{"the attribute may stand on the right", `30 > attributes.age`, "Boris"},
		{"attributes are compared with each other", `attributes.city = attributes.город`, "Boris Clara Dora Eve"},
		{"a name in quotes is a text", `full_name != "attributes.city" && full_name = 'Anna'`, "Anna"},
		{"SQL in a text is a text", `full_name = "x' OR 1=1 --"`, ""},
		{"placeholders in a text are text", `full_name = "{:owner} [[owner]] {{clients}}"`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.Join(filtered(t, app, c.filter), " "); got != c.want {
				t.Errorf("%s lets %q through, want %q", c.filter, got, c.want)
			}
		})
	}
}

func TestFilterIsRefused(t *testing.T) {
	app := apptest.New(t)
	for _, c := range []struct{ name, filter, code string }{
		{"another field of the table", `owner = "x"`, FilterField},
		{"the id", `id = "x"`, FilterField},
		{"a field that is not there", `phone = "x"`, FilterField},
		{"a field through the relation to the owner", `owner.email = "x"`, FilterField},
		{"a relation back", `subscriptions_via_client.list = "x"`, FilterField},
		{"another collection", `@collection.users.email = "x"`, FilterField},
		{"another collection's attributes", `@collection.clients.attributes.city = "x"`, FilterField},
		{"the request", `@request.auth.id = "x"`, FilterField},
		{"a header", `@request.headers.x_token = "x"`, FilterField},
		{"a modifier", `email:lower = "x"`, FilterField},
		{"all attributes at once", `attributes = "x"`, FilterField},
		{"a modifier of an attribute", `attributes.city:length > 1`, FilterField},
		{"a forbidden field on the right", `email = owner`, FilterField},
		{"a forbidden field deep in a group", `email = "a" || (email = "b" && (owner = "c"))`, FilterField},
		{"a function", `strftime("%Y", created) = "2026"`, FilterFunction},
		{"a function of another's field", `geoDistance(owner, 1, 2, 3) < 1`, FilterFunction},
		{"a quote in the name of an attribute", `attributes.a'b = "x"`, FilterUnreadable},
		{"a bracket in the name of an attribute", `attributes.a[[b]] = "x"`, FilterUnreadable},
		{"SQL", `1=1; DROP TABLE clients`, FilterUnreadable},
		{"half a condition", `email =`, FilterUnreadable},
		{"an open quote", `email = "x`, FilterUnreadable},
		{"an open group", `(email = "x"`, FilterUnreadable},
		{"too long", `email = "` + strings.Repeat("я", 2000) + `"`, FilterTooLong},
		{"too many conditions", strings.Repeat(`email="a"||`, 50) + `email="b"`, FilterTooComplex},
	} {
		t.Run(c.name, func(t *testing.T) {
			var refused *FilterError
			if err := CheckFilter(app, c.filter); !errors.As(err, &refused) || refused.Code != c.code {
				t.Fatalf("CheckFilter(%s) = %v, want %s", c.filter, err, c.code)
			}
			if refused.Detail == "" {
				t.Error("it does not say what is wrong")
			}
		})
	}
	for _, fine := range []string{"", "  ", `email ~ "@example.com"`, strings.Repeat("(", 100) + `email = "a"` + strings.Repeat(")", 100)} {
		if err := CheckFilter(app, fine); err != nil {
			t.Errorf("CheckFilter(%q) = %v", fine, err)
		}
	}
}

func TestFilterKnowsDates(t *testing.T) {
	app := apptest.New(t)
	owner := clienttest.Owner(t, app, "owner@example.com")
	clienttest.Client(t, app, owner, "anna@example.com", map[string]any{"full_name": "Anna"})
	for _, filter := range []string{
		"created <= @now", "created >= @todayStart", "created <= @todayEnd", "created >= @monthStart",
		"created <= @yearEnd", "created != @weekday", "created > @yesterday",
	} {
		if got := filtered(t, app, filter); !slices.Equal(got, []string{"Anna"}) {
			t.Errorf("%s lets %v through", filter, got)
		}
	}
}

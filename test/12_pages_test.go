package e2e

import (
	"net/url"
	"testing"
	"time"
)

// stop is a page to look at: how its picture is called, and where it is.
type stop struct{ name, path string }

func Test12EveryPageFitsInBothLanguagesThemesAndWidths(t *testing.T) {
	t.Parallel()
	w := newDemo(t, 4*time.Minute)
	accounts := w.printed()
	owner, manager := w.enter(accounts["owner"]), w.enter(accounts["manager"])
	guests := []stop{{"landing", "/"}, {"sign-in", "/sign-in"}, {"register", "/register"}, {"forgot", "/forgot"}, {"missing", "/nowhere"}}
	owners := owner.tour()
	managers := []stop{
		{"manager-home", "/"},
		{"manager-users", "/users"},
		{"manager-mailings", "/mailings"},
		{"manager-clients", "/clients"},
		{"manager-mailing", "/mailings/" + owner.newest("mailings", `status="completed" && failed>0`)},
		{"manager-message", "/messages/" + owner.newest("messages", "")},
		{"manager-statistics", "/statistics"},
	}

	for _, v := range []viewport{desktop, desktop.in("ru").inTheDark(), phone.inTheDark(), phone.in("ru")} {
		t.Run(v.name(), func(t *testing.T) {
			w := w.in(t)
			for _, c := range []*client{owner, manager} {
				c.in(t).patch(users+"records/"+c.id, object{"language": v.language}).want(200)
			}
			b := w.openBrowser(v)
			b.open("/#/sign-in")
			for _, tour := range []struct {
				as    account
				stops []stop
			}{{account{}, guests}, {accounts["owner"], owners}, {accounts["manager"], managers}} {
				b.forget()
				if tour.as.email != "" {
					b.signIn(tour.as.email, tour.as.password)
				}
				for _, s := range tour.stops {
					b.goTo(s.path)
					if language := ask[string](b, "document.documentElement.lang"); language != v.language {
						t.Errorf("%s is in %q", s.path, language)
					}
					b.look(s.name, v)
				}
			}
		})
	}
}

// tour is every page of an owner, with something on it.
func (c *client) tour() []stop {
	c.t.Helper()
	var caught struct{ Items []struct{ ID string } }
	created := c.mailing(c.newest("messages", ""), object{"name": "Not sent yet"})
	who := c.post("/api/collections/clients/records", object{"email": "you@example.org", "full_name": "You"}).want(200).id()
	c.after(c.mailing(c.newest("messages", ""), object{"audience": "picked", "recipients": []string{who}}), "completed", "send", nil)
	c.get("/api/gonets/outbox").want(200).into(&caught)
	return []stop{
		{"home", "/"},
		{"mailings", "/mailings"},
		{"mailings-none", "/mailings?search=nothing+is+called+so"},
		{"mailing-completed", "/mailings/" + c.newest("mailings", `status="completed" && failed>0`)},
		{"mailing-created", "/mailings/" + created},
		{"wizard-new", "/mailings/new"},
		{"wizard-edit", "/mailings/" + created + "/edit?step=audience"},
		{"messages", "/messages"},
		{"message-new", "/messages/new"},
		{"message-edit", "/messages/" + c.newest("messages", "")},
		{"clients", "/clients"},
		{"client", "/clients/" + c.newest("clients", `status="bounced"`)},
		{"lists", "/lists"},
		{"filters", "/filters"},
		{"suppressions", "/suppressions"},
		{"attempts", "/attempts"},
		{"statistics", "/statistics"},
		{"profile", "/profile"},
		{"outbox", "/outbox"},
		{"outbox-mail", "/outbox/" + caught.Items[0].ID},
	}
}

// newest is the id of one's newest record that a filter finds.
func (c *client) newest(collection, filter string) string {
	c.t.Helper()
	own := `owner="` + c.id + `"`
	if filter != "" {
		own += " && " + filter
	}
	var page struct{ Items []struct{ ID string } }
	c.get("/api/collections/" + collection + "/records?sort=-created&perPage=1&filter=" + url.QueryEscape(own)).want(200).into(&page)
	if len(page.Items) == 0 {
		c.t.Fatalf("there is nothing among %s with %s", collection, filter)
	}
	return page.Items[0].ID
}

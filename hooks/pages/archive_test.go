package pages_test

import (
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"gonets/hooks/hookstest"
	"gonets/hooks/pages"
	"gonets/internal/archive"
	"gonets/internal/database"
	"gonets/internal/delivery"
)

// archivedPost is a post with a launched mailing in Anna's archive, at /a/tea.
type archivedPost struct {
	*post
	path string // of the mailing
}

func newArchive(t *testing.T) *archivedPost {
	t.Helper()
	p := &post{hookstest.NewPost(t, nil, pages.BindArchive)}
	w := &archivedPost{post: p, path: "/a/tea/" + p.Mailing.Id}
	p.Set(t, "users", p.IDs[anna], "slug", "tea")
	p.SQL(t, `UPDATE messages SET subject = {:s}, body = {:b} WHERE id = {:id}`, dbx.Params{
		"id": p.Message.Id, "s": `News for {{ client.full_name | default: "friends" }}`,
		"b": `<p>Hello {{ client.full_name | default: "friend" }} {{ client.email }}</p><p><a href="{{ view_url }}">open</a> <a href="{{ unsubscribe_url }}">leave</a></p>`,
	})
	_, err := delivery.New(p.App).Launch(t.Context(), p.Mailing.Id, "")
	must(t, err)
	w.publish(t, true)
	return w
}

func (w *archivedPost) publish(t *testing.T, public bool) {
	t.Helper()
	a := w.Expect(t, 200, anna, http.MethodPatch, "/api/collections/mailings/records/"+w.Mailing.Id, map[string]any{"public": public})
	if a.Body["public"] != public {
		t.Fatalf("answered %s", a.Text)
	}
}

func (w *archivedPost) get(t *testing.T, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.HTTP.ServeHTTP(rec, req)
	return rec
}

func TestAnArchiveShowsPublicMailingsToEverybody(t *testing.T) {
	w := newArchive(t)
	w.Add(t, "brands", map[string]any{"owner": w.IDs[anna], "name": "Tea & Co"})
	list := w.get(t, "/a/tea", "Accept-Language", "en")
	for _, want := range []string{`href="` + w.path + `"`, "News for friends", "Tea &amp; Co", `href="/a/tea/feed.xml"`} {
		if !strings.Contains(list.Body.String(), want) {
			t.Errorf("the list lacks %q: %s", want, list.Body)
		}
	}
	mail := w.get(t, w.path)
	body := mail.Body.String()
	for _, want := range []string{"Hello friend", w.path} {
		if !strings.Contains(body, want) {
			t.Errorf("the mailing lacks %q: %s", want, body)
		}
	}
	for _, unwanted := range []string{"olga@example.com", "Ольга", "example.invalid", w.Client.Id, "{{"} {
		if strings.Contains(body, unwanted) {
			t.Errorf("the mailing has %q: %s", unwanted, body)
		}
	}
	if policy := mail.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "sandbox ") || strings.Contains(policy, "allow-scripts") {
		t.Errorf("policy %q", policy)
	}

	var feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		Title   string   `xml:"title"`
		ID      string   `xml:"id"`
		Updated string   `xml:"updated"`
		Author  string   `xml:"author>name"`
		Links   []struct {
			Rel  string `xml:"rel,attr"`
			Href string `xml:"href,attr"`
		} `xml:"link"`
		Entries []struct {
			Title   string `xml:"title"`
			ID      string `xml:"id"`
			Updated string `xml:"updated"`
			Link    struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	rec := w.get(t, "/a/tea/feed.xml")
	must(t, xml.Unmarshal(rec.Body.Bytes(), &feed))
	if feed.Title != "Tea & Co" || len(feed.Entries) != 1 || feed.Entries[0].Title != "News for friends" || !strings.HasSuffix(feed.Entries[0].Link.Href, w.path) ||
		feed.ID == "" || feed.Entries[0].ID == feed.ID || feed.Updated != feed.Entries[0].Updated {
		t.Errorf("the feed is %s", rec.Body)
	}
	// RFC 4287 § 4.1: what a feed must have.
	address := strings.TrimSuffix(w.App.Settings().Meta.AppURL, "/")
	for _, at := range []string{feed.Updated, feed.Entries[0].Updated} {
		if _, err := time.Parse(time.RFC3339, at); err != nil {
			t.Errorf("updated: %v", err)
		}
	}
	links := map[string]string{"the mailing": feed.Entries[0].Link.Href}
	for _, l := range feed.Links {
		links[l.Rel] = l.Href
	}
	if links["self"] != address+"/a/tea/feed.xml" || links["alternate"] != address+"/a/tea" || links["the mailing"] != address+w.path {
		t.Errorf("with the address %s the links are %q", address, links)
	}
	for _, id := range []string{feed.ID, feed.Entries[0].ID} {
		if u, err := url.Parse(id); err != nil || !u.IsAbs() {
			t.Errorf("the id %q is no absolute address: %v", id, err)
		}
	}
	if feed.Author == "" {
		t.Error("the feed has no author")
	}
	if got := rec.Header().Get("Content-Type"); !strings.HasPrefix(got, "application/atom+xml") {
		t.Errorf("the feed is %q", got)
	}
}

func TestAnArchiveIsRevalidated(t *testing.T) {
	w := newArchive(t)
	for _, path := range []string{"/a/tea", w.path, "/a/tea/feed.xml"} {
		first := w.get(t, path)
		tag := first.Header().Get("ETag")
		if first.Code != http.StatusOK || tag == "" || first.Header().Get("X-Robots-Tag") != "" || strings.Contains(first.Body.String(), "noindex") {
			t.Errorf("%s: %d, ETag %q, robots %q", path, first.Code, tag, first.Header().Get("X-Robots-Tag"))
		}
		if again := w.get(t, path, "If-None-Match", tag); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s: %d", path, again.Code)
		}
		w.Set(t, "users", w.IDs[anna], "archive_noindex", true)
		if hidden := w.get(t, path); !strings.Contains(hidden.Header().Get("X-Robots-Tag"), "noindex") {
			t.Errorf("%s may be indexed", path)
		}
		w.Set(t, "users", w.IDs[anna], "archive_noindex", false)
	}
}

func TestWhatAnArchiveDoesNotShow(t *testing.T) {
	w := newArchive(t)
	w.Set(t, "users", w.IDs[boris], "slug", "coffee")
	other := w.Add(t, "mailings", map[string]any{"owner": w.IDs[boris], "name": "Draft", "status": "created", "public": true}).Id
	hidden := func(name string, paths ...string) {
		t.Helper()
		for _, path := range paths {
			if rec := w.get(t, path); rec.Code != http.StatusNotFound {
				t.Errorf("%s: %s answers %d", name, path, rec.Code)
			}
		}
	}
	hidden("what does not exist", "/a/nobody", "/a/nobody/feed.xml", "/a/tea/aaaaaaaaaaaaaaa", "/a/tea/"+w.Mailing.Id+"/x", "/a/", "/a/tea?page=0", "/a/tea?page=x", "/a/tea?page=1001")
	hidden("a draft", "/a/coffee/"+other)
	hidden("a mailing of somebody else", "/a/coffee/"+w.Mailing.Id)
	if rec := w.get(t, "/a/coffee"); rec.Code != http.StatusOK || strings.Contains(rec.Body.String(), other) {
		t.Errorf("an empty archive: %d %s", rec.Code, rec.Body)
	}
	for _, state := range []string{"status = 'cancelled'", "blocked = TRUE"} {
		w.SQL(t, `UPDATE mailings SET `+state+` WHERE id = {:id}`, dbx.Params{"id": w.Mailing.Id})
		hidden(state, w.path)
		if strings.Contains(w.get(t, "/a/tea").Body.String(), w.Mailing.Id) || strings.Contains(w.get(t, "/a/tea/feed.xml").Body.String(), w.Mailing.Id) {
			t.Errorf("%s: it is listed", state)
		}
		w.SQL(t, `UPDATE mailings SET status = 'completed', blocked = FALSE WHERE id = {:id}`, dbx.Params{"id": w.Mailing.Id})
	}
	w.publish(t, false)
	hidden("what is not public any more", w.path)
	w.publish(t, true)
	for name, column := range map[string]string{"a blocked owner": "blocked = TRUE", "a new owner": "awaiting_approval = TRUE", "somebody without a verified address": "verified = FALSE"} {
		w.SQL(t, `UPDATE users SET `+column+` WHERE id = {:id}`, dbx.Params{"id": w.IDs[anna]})
		hidden(name, w.path, "/a/tea", "/a/tea/feed.xml")
		w.SQL(t, `UPDATE users SET blocked = FALSE, awaiting_approval = FALSE, verified = TRUE WHERE id = {:id}`, dbx.Params{"id": w.IDs[anna]})
	}
}

func TestAnArchiveHasPages(t *testing.T) {
	w := newArchive(t)
	for i := range archive.PerPage {
		id := database.NewID()
		w.SQL(t, `INSERT INTO mailings (id, owner, name, status, public, started_at, audience, repeat)
			VALUES ({:id}, {:owner}, 'Old', 'completed', TRUE, '2020-01-01 00:00:' || printf('%02d', {:i}) || '.000Z', 'everyone', 'none')`,
			dbx.Params{"id": id, "owner": w.IDs[anna], "i": i})
		w.SQL(t, `INSERT INTO contents (mailing, owner, letter) VALUES ({:id}, {:owner}, '{"subject":"Old news","from_email":"a@example.com"}')`,
			dbx.Params{"id": id, "owner": w.IDs[anna]})
	}
	first, second := w.get(t, "/a/tea").Body.String(), w.get(t, "/a/tea?page=2").Body.String()
	if strings.Count(first, "<li>") != archive.PerPage || !strings.Contains(first, `href="/a/tea?page=2"`) || !strings.Contains(first, w.path) {
		t.Errorf("the first page is %s", first)
	}
	if strings.Count(second, "<li>") != 1 || !strings.Contains(second, `href="/a/tea?page=1"`) || strings.Contains(second, "page=3") {
		t.Errorf("the second page is %s", second)
	}
}

func TestTheAddressOfAnArchive(t *testing.T) {
	w := newWorld(t, pages.BindArchive)
	set := func(status int, who, slug string) hookstest.Answer {
		t.Helper()
		return w.Expect(t, status, who, http.MethodPatch, "/api/collections/users/records/"+w.IDs[who], map[string]any{"slug": slug})
	}
	if a := set(200, anna, " Tea-2 "); a.Body["slug"] != "tea-2" {
		t.Errorf("answered %s", a.Text)
	}
	for _, bad := range []string{"ab", "-tea", "tea-", "tea/x", "чай", "a b", strings.Repeat("a", 41), "<b>"} {
		set(400, anna, bad)
	}
	if a := set(400, boris, "tea-2"); a.Code("slug") != "validation_not_unique" {
		t.Errorf("answered %s", a.Text)
	}
	set(200, anna, "")
	set(200, boris, "tea-2")
}

package pages_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/pages"
	"gonets/internal/consent"
	"gonets/internal/suppression"
	"gonets/internal/transactional"
)

// newMailedOwnData is newMailed with e-mails about own data, which nothing sends.
func newMailedOwnData(t *testing.T) *mailed {
	t.Helper()
	w := newMailed(t, func(app core.App) { pages.BindOwnData(app, transactional.New(app, func() {})) })
	settings := w.App.Settings()
	settings.SMTP.Enabled, settings.SMTP.Host, settings.SMTP.Port = true, "127.0.0.1", 1
	settings.Meta.SenderAddress, settings.Meta.AppURL = "news@gonets.example", "https://mail.example.com"
	must(t, w.App.Save(settings))
	return w
}

// ask asks for an e-mail about own data.
func (w *mailed) ask(t *testing.T, what string) (int, string) {
	t.Helper()
	rec := w.send(t, http.MethodPost, w.link+"/mail", formType, url.Values{"what": {what}}.Encode(), "Accept-Language", "en")
	if to := rec.Header().Get("Location"); rec.Code == http.StatusSeeOther && to != w.link+"?mailed" {
		t.Errorf("sent to %q", to)
	}
	return rec.Code, rec.Body.String()
}

// mails are the contents of the e-mails that wait for an address.
func (w *mailed) mails(t *testing.T, email string) (letters []string) {
	t.Helper()
	must(t, w.App.DB().NewQuery(`
		SELECT c.letter FROM transactional t JOIN contents c ON c.no = t.no
		WHERE t.owner = {:o} AND t.source = 'service' AND t.addresses = {:e} ORDER BY t.no`).
		Bind(dbx.Params{"o": w.IDs[anna], "e": email}).Column(&letters))
	return letters
}

func TestOwnDataIsMailedToTheAddressOnceADay(t *testing.T) {
	w := newMailedOwnData(t)
	w.SQL(t, `UPDATE clients SET full_name = 'Ivan', comment = 'owes money', attributes = '{"city":"Tver"}' WHERE id = {:c}`, dbx.Params{"c": w.client})
	w.press(t, "everything") // who has left may still ask
	for range 3 {
		if status, body := w.ask(t, "data"); status != http.StatusSeeOther || strings.Contains(body, "Tver") {
			t.Fatalf("%d %s", status, body)
		}
		w.SQL(t, `UPDATE clients SET full_name = full_name || '!' WHERE id = {:c}`, dbx.Params{"c": w.client})
	}
	if mails := w.mails(t, ivan); len(mails) != 1 || !strings.Contains(mails[0], "data.json") || !strings.Contains(mails[0], "Shop <b>") && !strings.Contains(mails[0], `Shop \u003cb\u003e`) {
		t.Fatalf("mailed: %q", mails)
	}

	raw := w.file(t, "data.json")
	var data struct {
		Email      string
		FullName   string `json:"full_name"`
		Attributes map[string]string
		Status     string
		StopList   []struct{ Reason string } `json:"stop_list"`
		Lists      []struct{ Name, Status string }
		Consents   []struct{ Event string }
		Emails     []struct{ Email, State string }
	}
	must(t, json.Unmarshal([]byte(raw), &data))
	if data.Email != ivan || data.FullName != "Ivan" || data.Attributes["city"] != "Tver" || data.Status != "unsubscribed" || len(data.StopList) != 1 {
		t.Errorf("the file says %s", raw)
	}
	if len(data.Lists) != 2 || len(data.Consents) < 3 || len(data.Emails) != 1 || data.Emails[0].State != "sent" {
		t.Errorf("the file says %s", raw)
	}
	if strings.Contains(raw, "owes money") || strings.Contains(raw, "Debtors") {
		t.Errorf("the owner's notes are in the file: %s", raw)
	}
}

func TestWhoCannotBeMailedIsToldSo(t *testing.T) {
	w := newMailedOwnData(t)
	must(t, suppression.Add(w.App.NonconcurrentDB(), w.IDs[anna], ivan, suppression.ReasonBounced, "", ""))
	if status, body := w.ask(t, "data"); status != http.StatusConflict || !strings.Contains(body, "write to the sender") {
		t.Errorf("%d %s", status, body)
	}
	w.SQL(t, `DELETE FROM suppressions`, nil)
	w.Set(t, "users", w.IDs[anna], "blocked", true)
	if status, body := w.ask(t, "erase"); status != http.StatusServiceUnavailable || !strings.Contains(body, "could not be sent") {
		t.Errorf("%d %s", status, body)
	}
	if mails := w.mails(t, ivan); len(mails) != 0 {
		t.Errorf("mailed: %q", mails)
	}
}

func TestAReaderErasesByTheLinkInTheMail(t *testing.T) {
	w := newMailedOwnData(t)
	w.press(t, "pause30")
	w.post(t, url.Values{"choice": {"save"}, "name": {"Ivan"}, "list": {w.list}}, "User-Agent", "Reader/1.0")
	if status, body := w.ask(t, "erase"); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, body)
	}
	mails := w.mails(t, ivan)
	if len(mails) != 1 {
		t.Fatalf("mailed: %q", mails)
	}
	var letter struct{ Data struct{ Link string } }
	must(t, json.Unmarshal([]byte(mails[0]), &letter))
	path, found := strings.CutPrefix(letter.Data.Link, "https://mail.example.com")
	if !found {
		t.Fatalf("the link is %q", letter.Data.Link)
	}

	for _, method := range []string{http.MethodGet, http.MethodHead} {
		rec := w.send(t, method, path, "", "", "Accept-Language", "en")
		if rec.Code != http.StatusOK || method == http.MethodGet && !strings.Contains(rec.Body.String(), "Erase your data?") {
			t.Fatalf("%s: %d %s", method, rec.Code, rec.Body)
		}
	}
	for name, wrong := range map[string]string{
		"the link of a mailing":      w.link + "/erase",
		"a later end":                strings.Replace(path, path[len("/u/")+30:len("/u/")+40], "ffffffffff", 1),
		"that link for a mailing":    strings.TrimSuffix(path, "/erase"),
		"an invented link":           "/u/" + strings.Repeat("a", 62) + "/erase",
		"an empty token":             "/u//erase",
		"something behind the token": path + "/x",
	} {
		if rec := w.send(t, http.MethodPost, wrong, formType, "choice=erase"); rec.Code != http.StatusNotFound && rec.Code != http.StatusMovedPermanently && rec.Code != http.StatusTemporaryRedirect {
			t.Errorf("%s: %d", name, rec.Code)
		}
	}
	w.send(t, http.MethodPost, path, formType, "") // not the form of the page
	if w.Count(t, "clients", dbx.HashExp{"id": w.client}) != 1 {
		t.Fatal("erased without a yes")
	}

	for range 2 {
		if rec := w.send(t, http.MethodPost, path, formType, "choice=erase", "Accept-Language", "en"); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "Your data is erased") {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	hash, err := suppression.ErasedValue(w.App, w.IDs[anna], ivan)
	must(t, err)
	for name, c := range map[string]struct {
		collection string
		where      dbx.HashExp
		want       int
	}{
		"the client":                       {"clients", dbx.HashExp{"id": w.client}, 0},
		"the address on the stop list":     {"suppressions", dbx.HashExp{"value": ivan}, 0},
		"the hash on the stop list":        {"suppressions", dbx.HashExp{"kind": "erased", "value": hash, "owner": w.IDs[anna]}, 1},
		"the address in the log":           {"consents", dbx.HashExp{"email": ivan}, 0},
		"the browser in the log":           {"consents", dbx.HashExp{"user_agent": "Reader/1.0"}, 0},
		"the decision in the log":          {"consents", dbx.HashExp{"event": string(consent.Withdrawn), "list": "", "email": hash}, 1},
		"the address of a deleted client":  {"deleted_clients", dbx.HashExp{"client": w.client}, 0},
		"the addresses that he had before": {"former_addresses", dbx.HashExp{"client": w.client}, 0},
	} {
		if n := w.Count(t, c.collection, c.where); n != c.want {
			t.Errorf("%s: %d rows, want %d", name, n, c.want)
		}
	}
	w.Add(t, "clients", map[string]any{"owner": w.IDs[anna], "email": ivan})
	if !w.stopped(t, ivan) {
		t.Error("after another import he would be mailed again")
	}
}

// file is the content of the only file of a call with that ending.
func (w *mailed) file(t *testing.T, ending string) string {
	t.Helper()
	files, err := w.App.NewFilesystem()
	must(t, err)
	defer files.Close()
	found, err := files.List(transactional.Collection + "/")
	must(t, err)
	for _, f := range found {
		if !strings.HasSuffix(f.Key, ending) && len(found) != 1 {
			continue
		}
		r, err := files.GetReader(f.Key)
		must(t, err)
		defer r.Close()
		raw, err := io.ReadAll(r)
		must(t, err)
		return string(raw)
	}
	t.Fatal("no file is stored")
	return ""
}

package records_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	encodepng "image/png"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"gonets/hooks/hookstest"
	"gonets/hooks/middleware"
)

// hugePNG is a file of some bytes that says to hold width × height pixels.
func hugePNG(width, height uint32) []byte {
	chunk := func(name string, data []byte) []byte {
		b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
		b = append(append(b, name...), data...)
		return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
	}
	head := binary.BigEndian.AppendUint32(nil, width)
	head = append(binary.BigEndian.AppendUint32(head, height), 1, 0, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", head)...)
	return append(append(b, chunk("IDAT", nil)...), chunk("IEND", nil)...)
}

func smallPNG(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, encodepng.Encode(&b, image.NewRGBA(image.Rect(0, 0, width, height))))
	return b.Bytes()
}

// registration is the form of somebody who registers with a picture.
func registration(t *testing.T, email string, content []byte) *hookstest.Form {
	t.Helper()
	return hookstest.FieldsForm(t, [][2]string{{"email", email}, {"password", password}, {"passwordConfirm", password}},
		[3]string{"avatar", "me.png", string(content)})
}

func TestPicturesAreMeasuredWhenTheyComeIn(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name    string
		content []byte
		code    string // "" for what is taken
	}{
		{"a picture", smallPNG(t, 30, 20), ""},
		{"a GIF", gif, ""},
		{"a picture that fills the memory", hugePNG(25_000, 25_000), "picture_too_large"},
		{"a line that fills the memory", hugePNG(1, 70_000_000), "picture_too_large"},
		{"a picture called like another format", hugePNG(50_000, 50_000), "picture_too_large"},
		{"a picture that ends in its header", hugePNG(10, 10)[:20], "picture_unreadable"},
	} {
		name := "picture.png"
		if c.name == "a picture called like another format" {
			name = "picture.jpg"
		}
		for field, ask := range map[string]func() answer{
			"file": func() answer {
				return w.Ask(t, anna, http.MethodPost, recordsOf("images"), hookstest.FileForm(t, "file", name, c.content))
			},
			"avatar": func() answer {
				return w.Ask(t, anna, http.MethodPatch, recordsOf("users", w.IDs[anna]), hookstest.FileForm(t, "avatar", name, c.content))
			},
		} {
			a := ask()
			if c.code == "" && a.Status != http.StatusOK || c.code != "" && (a.Status != http.StatusBadRequest || a.Code(field) != c.code) {
				t.Errorf("%s as %s: %d %s, want %q", c.name, field, a.Status, a.Text, c.code)
			}
		}
	}
	// What is sent on as a file is shown by nobody here.
	w.Expect(t, http.StatusOK, anna, http.MethodPost, recordsOf("messages"), hookstest.FileForm(t, "attachments", "plan.png", hugePNG(25_000, 25_000)))
}

func TestAvatarsAreForThoseWhoHaveConfirmedTheirAddress(t *testing.T) {
	w := newWorld(t)
	picture := smallPNG(t, 30, 20)
	if a := w.Expect(t, 400, anonymous, http.MethodPost, recordsOf("users"), registration(t, "new@example.com", picture)); a.Code("avatar") != "avatar_not_verified" {
		t.Error(a.Text)
	}
	own := recordsOf("users", w.IDs[unverified])
	if a := w.Expect(t, 400, unverified, http.MethodPatch, own, hookstest.FileForm(t, "avatar", "me.png", picture)); a.Code("avatar") != "avatar_not_verified" {
		t.Error(a.Text)
	}
	w.Expect(t, 200, unverified, http.MethodPatch, own, map[string]any{"name": "Somebody"})
	w.Expect(t, 200, superuser, http.MethodPatch, own, hookstest.FileForm(t, "avatar", "me.png", picture))
	w.Expect(t, 200, superuser, http.MethodPost, recordsOf("users"), registration(t, "other@example.com", picture))
	w.Expect(t, 200, unverified, http.MethodPatch, own, map[string]any{"avatar": nil})
}

func TestThePictureOfAnotherServiceKeepsNobodyFromSigningIn(t *testing.T) {
	w := newWorld(t)
	signIn := foreignSignIn(t, w)
	// As PocketBase does with what the service says; it takes no address on loopback.
	w.App.OnRecordAuthWithOAuth2Request("users").BindFunc(func(e *core.RecordAuthWithOAuth2RequestEvent) error {
		picture, err := filesystem.NewFileFromBytes(hugePNG(25_000, 25_000), "me.png")
		must(t, err)
		e.CreateData = map[string]any{"avatar": picture}
		return e.Next()
	})
	a := signIn(nil)
	if a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Text)
	}
	user, err := w.App.FindAuthRecordByEmail("users", "person@gonets.example")
	must(t, err)
	if user.GetString("avatar") != "" || !user.Verified() {
		t.Errorf("avatar %q, verified %v", user.GetString("avatar"), user.Verified())
	}
}

func TestNoThumbnailIsMadeOfWhatFillsTheMemory(t *testing.T) {
	w := newWorld(t, middleware.BindThumbnails)
	store := func(r *core.Record, field string, content []byte) string {
		t.Helper()
		// As it lies there since an earlier version: beside the check at upload.
		name := r.GetString(field)
		if name == "" {
			name = r.GetStringSlice(field)[0]
		}
		must(t, os.WriteFile(filepath.Join(w.App.DataDir(), "storage", r.BaseFilesPath(), name), content, 0o600))
		return "/api/files/" + r.BaseFilesPath() + "/" + name
	}
	record := func(collection, field string, content []byte) *core.Record {
		t.Helper()
		a := w.Expect(t, 200, anna, http.MethodPost, recordsOf(collection), hookstest.FileForm(t, field, "picture.png", content))
		r, err := w.App.FindRecordById(collection, a.ID())
		must(t, err)
		return r
	}
	thumbs := func(r *core.Record) []string {
		made, err := filepath.Glob(filepath.Join(w.App.DataDir(), "storage", r.BaseFilesPath(), "thumbs_*", "*.png"))
		must(t, err)
		return made
	}
	whole := smallPNG(t, 640, 480)

	good := record("images", "file", whole)
	path := "/api/files/" + good.BaseFilesPath() + "/" + good.GetString("file")
	if a := w.Expect(t, 200, anonymous, http.MethodGet, path+"?thumb=320x0", nil); a.Text == string(whole) || len(thumbs(good)) != 1 {
		t.Errorf("no thumbnail of a good picture: %v", thumbs(good))
	}
	if a := w.Expect(t, 200, anonymous, http.MethodGet, path+"?thumb=3000x3000", nil); a.Text != string(whole) || len(thumbs(good)) != 1 {
		t.Errorf("a size that the field does not have: %v", thumbs(good))
	}

	for name, content := range map[string][]byte{
		"too many pixels":                hugePNG(25_000, 25_000),
		"a line that would be enlarged":  smallPNG(t, 1, 60_000),
		"a picture that ends too early":  whole[:100],
		"no picture under its old name":  []byte("something else"),
		"a picture without any header":   whole[:10],
		"many more pixels than a number": hugePNG(1<<31-1, 1<<31-1),
	} {
		r := record("images", "file", whole)
		path := store(r, "file", content)
		for _, size := range []string{"320x0", "100x100", "320x0"} {
			if a := w.Expect(t, 200, anonymous, http.MethodGet, path+"?thumb="+size, nil); a.Text != string(content) || len(thumbs(r)) != 0 {
				t.Errorf("%s, %s: got %d bytes, thumbnails %v", name, size, len(a.Text), thumbs(r))
			}
		}
	}

	// Attachments get PocketBase's own size, for those who may read them.
	message := record("messages", "attachments", whole)
	attached := store(message, "attachments", hugePNG(25_000, 25_000))
	token, _ := w.Expect(t, 200, anna, http.MethodPost, "/api/files/token", nil).Body["token"].(string)
	w.Expect(t, 200, anonymous, http.MethodGet, attached+"?thumb=100x100&token="+token, nil)
	store(message, "attachments", whole)
	other := record("messages", "attachments", whole)
	attached = store(other, "attachments", whole)
	w.Expect(t, 404, anonymous, http.MethodGet, attached+"?thumb=100x100", nil)
	if len(thumbs(message)) != 0 || len(thumbs(other)) != 0 {
		t.Error("a thumbnail was made of an attachment that is too large, or for somebody who may not read it")
	}
	w.Expect(t, 200, anonymous, http.MethodGet, attached+"?thumb=100x100&token="+token, nil)
	if len(thumbs(other)) != 1 {
		t.Error("no thumbnail for who may read the attachment")
	}
}

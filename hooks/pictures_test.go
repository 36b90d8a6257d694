package hooks

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	encodepng "image/png"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

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
func registration(t *testing.T, email string, content []byte) *form {
	t.Helper()
	f := &form{}
	m := multipart.NewWriter(&f.body)
	for field, value := range map[string]string{"email": email, "password": password, "passwordConfirm": password} {
		must(t, m.WriteField(field, value))
	}
	part, err := m.CreateFormFile("avatar", "me.png")
	must(t, err)
	_, err = part.Write(content)
	must(t, err)
	must(t, m.Close())
	f.contentType = m.FormDataContentType()
	return f
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
				return w.ask(t, anna, http.MethodPost, recordsOf("images"), fileForm(t, "file", name, c.content))
			},
			"avatar": func() answer {
				return w.ask(t, anna, http.MethodPatch, recordsOf("users", w.ids[anna]), fileForm(t, "avatar", name, c.content))
			},
		} {
			a := ask()
			if c.code == "" && a.status != http.StatusOK || c.code != "" && (a.status != http.StatusBadRequest || a.code(field) != c.code) {
				t.Errorf("%s as %s: %d %s, want %q", c.name, field, a.status, a.text, c.code)
			}
		}
	}
	// What is sent on as a file is shown by nobody here.
	w.expect(t, http.StatusOK, anna, http.MethodPost, recordsOf("messages"), fileForm(t, "attachments", "plan.png", hugePNG(25_000, 25_000)))
}

func TestAvatarsAreForThoseWhoHaveConfirmedTheirAddress(t *testing.T) {
	w := newWorld(t)
	picture := smallPNG(t, 30, 20)
	if a := w.expect(t, 400, anonymous, http.MethodPost, recordsOf("users"), registration(t, "new@example.com", picture)); a.code("avatar") != "avatar_not_verified" {
		t.Error(a.text)
	}
	own := recordsOf("users", w.ids[unverified])
	if a := w.expect(t, 400, unverified, http.MethodPatch, own, fileForm(t, "avatar", "me.png", picture)); a.code("avatar") != "avatar_not_verified" {
		t.Error(a.text)
	}
	w.expect(t, 200, unverified, http.MethodPatch, own, map[string]any{"name": "Somebody"})
	w.expect(t, 200, superuser, http.MethodPatch, own, fileForm(t, "avatar", "me.png", picture))
	w.expect(t, 200, superuser, http.MethodPost, recordsOf("users"), registration(t, "other@example.com", picture))
	w.expect(t, 200, unverified, http.MethodPatch, own, map[string]any{"avatar": nil})
}

func TestThePictureOfAnotherServiceKeepsNobodyFromSigningIn(t *testing.T) {
	w := newWorld(t)
	signIn := foreignSignIn(t, w)
	// As PocketBase does with what the service says; it takes no address on loopback.
	w.app.OnRecordAuthWithOAuth2Request("users").BindFunc(func(e *core.RecordAuthWithOAuth2RequestEvent) error {
		picture, err := filesystem.NewFileFromBytes(hugePNG(25_000, 25_000), "me.png")
		must(t, err)
		e.CreateData = map[string]any{"avatar": picture}
		return e.Next()
	})
	a := signIn(nil)
	if a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.text)
	}
	user, err := w.app.FindAuthRecordByEmail("users", "person@gonets.example")
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
		must(t, os.WriteFile(filepath.Join(w.app.DataDir(), "storage", r.BaseFilesPath(), name), content, 0o600))
		return "/api/files/" + r.BaseFilesPath() + "/" + name
	}
	record := func(collection, field string, content []byte) *core.Record {
		t.Helper()
		a := w.expect(t, 200, anna, http.MethodPost, recordsOf(collection), fileForm(t, field, "picture.png", content))
		r, err := w.app.FindRecordById(collection, a.id())
		must(t, err)
		return r
	}
	thumbs := func(r *core.Record) []string {
		made, err := filepath.Glob(filepath.Join(w.app.DataDir(), "storage", r.BaseFilesPath(), "thumbs_*", "*.png"))
		must(t, err)
		return made
	}
	whole := smallPNG(t, 640, 480)

	good := record("images", "file", whole)
	path := "/api/files/" + good.BaseFilesPath() + "/" + good.GetString("file")
	if a := w.expect(t, 200, anonymous, http.MethodGet, path+"?thumb=320x0", nil); a.text == string(whole) || len(thumbs(good)) != 1 {
		t.Errorf("no thumbnail of a good picture: %v", thumbs(good))
	}
	if a := w.expect(t, 200, anonymous, http.MethodGet, path+"?thumb=3000x3000", nil); a.text != string(whole) || len(thumbs(good)) != 1 {
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
			if a := w.expect(t, 200, anonymous, http.MethodGet, path+"?thumb="+size, nil); a.text != string(content) || len(thumbs(r)) != 0 {
				t.Errorf("%s, %s: got %d bytes, thumbnails %v", name, size, len(a.text), thumbs(r))
			}
		}
	}

	// Attachments get PocketBase's own size, for those who may read them.
	message := record("messages", "attachments", whole)
	attached := store(message, "attachments", hugePNG(25_000, 25_000))
	token, _ := w.expect(t, 200, anna, http.MethodPost, "/api/files/token", nil).body["token"].(string)
	w.expect(t, 200, anonymous, http.MethodGet, attached+"?thumb=100x100&token="+token, nil)
	store(message, "attachments", whole)
	other := record("messages", "attachments", whole)
	attached = store(other, "attachments", whole)
	w.expect(t, 404, anonymous, http.MethodGet, attached+"?thumb=100x100", nil)
	if len(thumbs(message)) != 0 || len(thumbs(other)) != 0 {
		t.Error("a thumbnail was made of an attachment that is too large, or for somebody who may not read it")
	}
	w.expect(t, 200, anonymous, http.MethodGet, attached+"?thumb=100x100&token="+token, nil)
	if len(thumbs(other)) != 1 {
		t.Error("no thumbnail for who may read the attachment")
	}
}

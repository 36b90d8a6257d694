package formdata

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
)

var small = Limits{Parts: 5, FieldBytes: 2000, HeldBytes: 100}

// written is a form as a browser sends it: fields, and files if their name has a dot.
func written(t testing.TB, parts ...[2]string) *http.Request {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, p := range parts {
		var out io.Writer
		var err error
		if strings.Contains(p[0], ".") {
			out, err = w.CreateFormFile("file", p[0])
		} else {
			out, err = w.CreateFormField(p[0])
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(out, p[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest("POST", "/x?name=query&other=1", &body)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return req
}

func TestAFormIsReadAsTheLibraryReadsIt(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	parts := [][2]string{{"name", "Анна"}, {"name", "two\r\nlines"}, {"empty", ""}, {"short.txt", "short"}, {"long.txt", strings.Repeat("long", 1000)}}
	ours, theirs := written(t, parts...), written(t, parts...)
	read, err := Parse(ours, small)
	if err != nil {
		t.Fatal(err)
	}
	if err := ours.ParseMultipartForm(1); err != nil || ours.MultipartForm != read {
		t.Errorf("it is read again: %v", err)
	}
	if err := theirs.ParseMultipartForm(1); err != nil {
		t.Fatal(err)
	}
	defer theirs.MultipartForm.RemoveAll()
	for _, name := range []string{"name", "empty", "other", "file"} {
		if a, b := ours.Form[name], theirs.Form[name]; strings.Join(a, "|") != strings.Join(b, "|") {
			t.Errorf("%s is %q, the library has %q", name, a, b)
		}
		if a, b := ours.PostForm[name], theirs.PostForm[name]; strings.Join(a, "|") != strings.Join(b, "|") {
			t.Errorf("%s of the body is %q, the library has %q", name, a, b)
		}
	}
	for i, want := range []string{"short", strings.Repeat("long", 1000)} {
		header := read.File["file"][i]
		f, err := header.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(f)
		if err != nil || string(got) != want || header.Size != int64(len(want)) || header.Filename != parts[3+i][0] {
			t.Errorf("%s: %q %v", header.Filename, got, err)
		}
		f.Close()
	}
	must(t, read.RemoveAll())
	must(t, theirs.MultipartForm.RemoveAll())
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("%v %v", left, err)
	}
}

func TestAFormOverALimitIsRefused(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	long := strings.Repeat("a", 1500)
	for name, parts := range map[string][][2]string{
		"a long field":              {{"a", long + long}},
		"two fields together":       {{"a", long}, {"b", long}},
		"a long name":               {{long + long, "a"}},
		"the long name of a file":   {{long + long + ".txt", "a"}},
		"many fields":               {{"a", ""}, {"a", ""}, {"a", ""}, {"a", ""}, {"a", ""}, {"a", ""}},
		"many files":                {{"a.b", ""}, {"a.b", ""}, {"a.b", ""}, {"a.b", ""}, {"a.b", ""}, {"a.b", ""}},
		"a long field after a file": {{"a.b", strings.Repeat(long, 10)}, {"a", long + long}},
	} {
		if _, err := Parse(written(t, parts...), small); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if read, err := Parse(written(t, [2]string{"a", long}, [2]string{"a.b", strings.Repeat(long, 10)}), small); err != nil {
		t.Errorf("what keeps to the limits: %v", err)
	} else {
		must(t, read.RemoveAll())
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("%v %v", left, err)
	}
}

func TestAFormThatIsNone(t *testing.T) {
	for name, req := range map[string]*http.Request{
		"no boundary":  typed("multipart/form-data", "x"),
		"no form":      typed("multipart/form-data; boundary=b", "hello"),
		"breaks off":   typed("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue"),
		"no type":      typed("multipart/;;", ""),
		"a bad header": typed("multipart/form-data; boundary=b", "--b\r\nx\r\n\r\nvalue\r\n--b--"),
	} {
		if read, err := Parse(req, small); err == nil || errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v %v", name, read, err)
		}
	}
}

func typed(contentType, body string) *http.Request {
	req := httptest.NewRequest("POST", "/", strings.NewReader(body))
	req.Header.Set("Content-Type", contentType)
	return req
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

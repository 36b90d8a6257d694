package site

import (
	"fmt"
	"io/fs"
	"mime"
	"path"
	"regexp"
	"strings"
	"sync"
	"time"

	"gonets/hooks/request"
)

// shelf caches the files of the site as they are answered. It reads a file at its first request, and again when it has
// changed: edits in a folder given by --public show at once.
type shelf struct {
	files  fs.FS
	packer packer
	mu     sync.Mutex
	kept   map[string]*siteFile
}

func newShelf(files fs.FS, p packer) *shelf {
	return &shelf{files: files, packer: p, kept: make(map[string]*siteFile)}
}

// siteFile is a file of the site with all that its answer needs.
type siteFile struct {
	modified     time.Time
	body         []byte
	contentType  string
	cacheControl string
	tag          string
	packed       func() []packed // compressed at the first use, the smallest first; empty when that saves nothing
}

// open returns a file; fs.ErrNotExist when there is none of that name that can be served.
func (s *shelf) open(name string) (*siteFile, error) {
	info, err := fs.Stat(s.files, name)
	if err != nil || !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.kept[name]
	if kept != nil && kept.modified.Equal(info.ModTime()) && int64(len(kept.body)) == info.Size() {
		return kept, nil
	}
	body, err := fs.ReadFile(s.files, name)
	if err != nil {
		return nil, fmt.Errorf("read %s of the site: %w", name, err)
	}
	kept = newSiteFile(name, body, info.ModTime(), s.packer)
	s.kept[name] = kept
	return kept, nil
}

func newSiteFile(name string, body []byte, modified time.Time, p packer) *siteFile {
	f := &siteFile{
		modified: modified, body: body,
		contentType:  contentType(name),
		cacheControl: "no-cache", // keep, and ask before each use
		tag:          request.EntityTag(body, ""),
		packed:       func() []packed { return nil },
	}
	if versioned.MatchString(name) {
		f.cacheControl = "public, max-age=31536000, immutable"
	}
	if isText(f.contentType) {
		f.packed = sync.OnceValue(func() []packed { return p.pack(body) })
	}
	return f
}

// isDocument reports whether a browser shows the file as a page, in which scripts could run.
func (f *siteFile) isDocument() bool {
	return strings.HasPrefix(f.contentType, "text/html") || strings.HasPrefix(f.contentType, "image/svg")
}

// versioned matches vendor files with the version in their name: their content never changes.
var versioned = regexp.MustCompile(`^vendor/.*[-@]\d+\.\d`)

// contentTypes are those of the site. The table of the system may have others.
var contentTypes = map[string]string{
	".css":         "text/css; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".jpg":         "image/jpeg",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".map":         "application/json",
	".md":          "text/markdown; charset=utf-8",
	".mjs":         "text/javascript; charset=utf-8",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".txt":         "text/plain; charset=utf-8",
	".webmanifest": "application/manifest+json",
	".webp":        "image/webp",
	".woff2":       "font/woff2",
	".xml":         "application/xml",
}

func contentType(name string) string {
	ext := strings.ToLower(path.Ext(name))
	if known, ok := contentTypes[ext]; ok {
		return known
	}
	if known := mime.TypeByExtension(ext); known != "" {
		return known
	}
	return "application/octet-stream"
}

// isText reports whether files of the type are text: compression makes them smaller.
func isText(contentType string) bool {
	for _, text := range []string{"text/", "application/json", "application/manifest+json", "application/xml", "image/svg+xml"} {
		if strings.HasPrefix(contentType, text) {
			return true
		}
	}
	return false
}

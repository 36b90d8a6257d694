package request

import (
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

// compressFrom is the length, in bytes, below which compression gains nothing.
const compressFrom = 1024

// BindCompression compresses the answers of our routes and of records. Nothing else: PocketBase's gzip
// would delay realtime messages, and break answers to Range, whose offsets are those before compression. Static files are
// compressed already (package site).
func BindCompression(app core.App) {
	gzip := apis.GzipWithConfig(apis.GzipConfig{MinLength: compressFrom})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id: "gonetsCompression",
			Func: func(e *core.RequestEvent) error {
				if !compressible(e.Request) {
					return e.Next()
				}
				return gzip.Func(e)
			},
		})
		return e.Next()
	})
}

// compressible reports whether the answer to the request is text that may be compressed.
func compressible(r *http.Request) bool {
	switch {
	case r.Header.Get("Range") != "":
		return false
	case strings.HasPrefix(r.URL.Path, "/api/gonets/"):
		return path.Ext(r.URL.Path) != ".xlsx" // a ZIP archive
	default:
		return strings.HasPrefix(r.URL.Path, "/api/collections/") && strings.Contains(r.URL.Path, "/records")
	}
}

// willCompress reports whether BindCompression will compress an answer of that length.
func willCompress(r *http.Request, length int) bool {
	return length >= compressFrom && compressible(r) && Accepts(r, "gzip")
}

// Accepts reports whether the client accepts a coding, "gzip" or "br": named and not refused with q=0
// (RFC 9110 § 12.5.3).
func Accepts(r *http.Request, wanted string) bool {
	for offer := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		coding, weight, weighed := strings.Cut(offer, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), wanted) {
			continue
		}
		if !weighed {
			return true
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(weight), " ", ""), "q="), 64)
		return err == nil && q > 0
	}
	return false
}

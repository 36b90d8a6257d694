package request

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// Revalidated answers JSON that browsers store and revalidate before each use: 304 when it has not changed. It belongs to one
// user, so no shared cache may store it.
func Revalidated(e *core.RequestEvent, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return RevalidatedJSON(e, body)
}

// RevalidatedJSON is Revalidated for JSON that is written already.
func RevalidatedJSON(e *core.RequestEvent, body []byte) error {
	header := e.Response.Header()
	header.Set("Cache-Control", "private, no-cache")
	header.Add("Vary", "Authorization")
	return revalidated(e, "application/json", body)
}

// RevalidatedPublic answers what everybody may read, and browsers and shared caches store and revalidate before each use.
func RevalidatedPublic(e *core.RequestEvent, contentType string, body []byte) error {
	e.Response.Header().Set("Cache-Control", "public, no-cache")
	return revalidated(e, contentType, body)
}

func revalidated(e *core.RequestEvent, contentType string, body []byte) error {
	coding := ""
	if willCompress(e.Request, len(body)) {
		coding = "gzip"
	}
	tag := EntityTag(body, coding)
	e.Response.Header().Set("ETag", tag)
	if NamesTag(e.Request.Header.Get("If-None-Match"), tag) {
		return e.NoContent(http.StatusNotModified)
	}
	return e.Blob(http.StatusOK, contentType, body)
}

// EntityTag is a strong entity tag of the body in one content coding, "" for none: answers with the same strong tag have the
// same bytes (RFC 9110 § 8.8.3.3).
func EntityTag(body []byte, coding string) string {
	sum := sha256.Sum256(body)
	tag := base64.RawURLEncoding.EncodeToString(sum[:15])
	if coding != "" {
		tag += "-" + coding
	}
	return `"` + tag + `"`
}

// NamesTag reports whether an If-None-Match header names the tag. Proxies that compress make tags weak;
// the comparison is the weak one of RFC 9110 § 13.1.2.
func NamesTag(header, tag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == tag {
			return true
		}
	}
	return false
}

// Stream answers with a file as it is written. When that fails in the middle, the connection is broken
// (middleware.BindFailures); when nothing was written yet, the answer is an error like any other.
func Stream(e *core.RequestEvent, fileName, mediaType string, write func(context.Context, io.Writer) error) error {
	header := e.Response.Header()
	header.Set("Content-Type", mediaType)
	header.Set("Cache-Control", "private, no-store")
	header.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"`, fileName)) // ours: ASCII without quotes
	if err := write(e.Request.Context(), e.Response); err != nil {
		header.Del("Content-Type")
		header.Del("Content-Disposition")
		return e.InternalServerError("", err)
	}
	return nil
}

// StreamDated is Stream with the day in the name of the file.
func StreamDated(e *core.RequestEvent, name, ending, mediaType string, write func(context.Context, io.Writer) error) error {
	return Stream(e, name+"-"+time.Now().UTC().Format(time.DateOnly)+ending, mediaType, write)
}

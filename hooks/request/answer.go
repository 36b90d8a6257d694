package request

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// Revalidated answers JSON that browsers keep but ask about before each use: 304 when it has not
// changed. It is the viewer's alone, so no shared cache may keep it.
func Revalidated(e *core.RequestEvent, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	coding := ""
	if willCompress(e.Request, len(body)) {
		coding = "gzip"
	}
	tag := EntityTag(body, coding)
	header := e.Response.Header()
	header.Set("Cache-Control", "private, no-cache")
	header.Add("Vary", "Authorization")
	header.Set("ETag", tag)
	if NamesTag(e.Request.Header.Get("If-None-Match"), tag) {
		return e.NoContent(http.StatusNotModified)
	}
	return e.Blob(http.StatusOK, "application/json", body)
}

// EntityTag is a strong tag of the body in one of its codings, "" as it is: a strong tag says that
// answers are the same to the byte (RFC 9110 § 8.8.3.3).
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

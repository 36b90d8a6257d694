// Package readers keeps what an owner says to readers valid, whoever writes it, and logs who agreed to what.
package readers

import (
	"net/url"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"gonets/hooks/request"
	"gonets/internal/brand"
)

// BindBrands keeps brands valid: values of one line, a colour that a style can hold, a site that a browser opens.
func BindBrands(app core.App) {
	prepare := func(e *core.RecordEvent) error {
		for _, field := range []string{"name", "postal_address", "site"} {
			e.Record.Set(field, strings.TrimSpace(e.Record.GetString(field)))
		}
		e.Record.Set("colour", strings.ToLower(strings.TrimSpace(e.Record.GetString("colour"))))
		return e.Next()
	}
	app.OnRecordCreate("brands").BindFunc(prepare)
	app.OnRecordUpdate("brands").BindFunc(prepare)

	app.OnRecordValidate("brands").BindFunc(func(e *core.RecordEvent) error {
		bad := request.Refusals{}
		bad.OneLine(e.Record, "name", "postal_address")
		if colour := e.Record.GetString("colour"); colour != "" && !brand.IsColour(colour) {
			bad.Add("colour", "invalid_colour", "Must be a colour such as #3b53e0")
		}
		if site := e.Record.GetString("site"); site != "" {
			u, err := url.Parse(site)
			switch {
			case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
				bad.Add("site", "invalid_site", "Must be an address such as https://example.com")
			case len(site) > mostSite:
				bad.Add("site", "too_long", "At most 300 bytes")
			}
		}
		if err := bad.Err(); err != nil {
			return err
		}
		return e.Next()
	})
}

// mostSite is the length of a site in bytes: it stands in every e-mail.
const mostSite = 300

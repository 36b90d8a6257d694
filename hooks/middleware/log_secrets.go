package middleware

import (
	"encoding/json"
	"regexp"

	"github.com/pocketbase/pocketbase/core"
)

// secretsInLogs match the tokens that addresses and errors can contain: in parameters, in the links of e-mails, and JSON Web
// Tokens anywhere. Whoever has the link of an e-mail can use it, and
// whoever has the key of a webhook can report.
var secretsInLogs = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`(?i)((?:[?&#;]|%3F|%26|\b)[a-z_-]*(?:token|password|secret|authorization)(?:=|%3D))[^&\s"'#;]+`), "${1}…"},
	// In every spelling of a path: in capitals, with dots, with any character escaped (RFC 3986, sections 2.1 and 6.2.2).
	{regexp.MustCompile(`(?i)((?:/|%2F)(?:[cuv]|%[46]3|%[57][56])(?:(?:/|%2F)(?:\.|%2E)*)+)(?:[a-z0-9_-]|%[0-9a-f]{2}){20,}`), "${1}…"},
	// The keys of webhooks, behind the name of a provider.
	{regexp.MustCompile(`(?i)((?:/|%2F)(?:h|%[46]8)(?:o|%[46]F){2}(?:k|%[46]B)(?:s|%[57]3)(?:(?:/|%2F)(?:\.|%2E)*)+(?:[a-z0-9_-]|%[0-9a-f]{2})+(?:(?:/|%2F)(?:\.|%2E)*)+)(?:[a-z0-9_-]|%[0-9a-f]{2}){20,}`), "${1}…"},
	{regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{5,}(?:\.|%2E)[A-Za-z0-9_-]+(?:(?:\.|%2E)[A-Za-z0-9_-]*)?`), "…"},
}

// withoutSecrets removes the tokens from a text of the log.
func withoutSecrets(s string) string {
	for _, secret := range secretsInLogs {
		s = secret.pattern.ReplaceAllString(s, secret.instead)
	}
	return s
}

// BindLogSecrets keeps tokens out of the log. PocketBase logs the address of every request, with the file token that
// an attachment is opened by, and the page that the browser came from.
func BindLogSecrets(app core.App) {
	app.OnModelCreate(core.LogsTableName).BindFunc(func(e *core.ModelEvent) error {
		if log, ok := e.Model.(*core.Log); ok {
			log.Message = withoutSecrets(log.Message)
			clean, _ := cleanValue(map[string]any(log.Data)).(map[string]any)
			log.Data = clean
		}
		return e.Next()
	})
}

// cleanValue removes tokens from a value of a log entry. Values of other types than JSON has, such as errors, become their
// JSON.
func cleanValue(value any) any {
	switch v := value.(type) {
	case nil, bool, int, int64, float64, json.Number:
		return v
	case string:
		return withoutSecrets(v)
	case error:
		return withoutSecrets(v.Error())
	case map[string]any:
		clean := make(map[string]any, len(v))
		for key, item := range v {
			clean[key] = cleanValue(item)
		}
		return clean
	case []any:
		clean := make([]any, len(v))
		for i, item := range v {
			clean[i] = cleanValue(item)
		}
		return clean
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return withoutSecrets(err.Error())
	}
	var plain any
	if err := json.Unmarshal(raw, &plain); err != nil {
		return nil
	}
	return cleanValue(plain)
}

package e2e

import (
	"io"
	"net/http"
	"strings"
	"sync"

	"gonets/hooks/hookstest"
)

// described is the description of the API, read from the first instance that is asked; all are the same binary.
var described struct {
	sync.Mutex
	*hookstest.Description
}

// description returns the description that an instance gives, nil if it gives none: it may be an older version.
func (c *client) description() *hookstest.Description {
	c.t.Helper()
	described.Lock()
	defer described.Unlock()
	if described.Description != nil {
		return described.Description
	}
	request, err := http.NewRequestWithContext(c.ctx, http.MethodGet, c.base+"/api/gonets/openapi.json", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil || answer.StatusCode != http.StatusOK {
		return nil
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err == nil {
		described.Description, err = hookstest.ParseDescription(raw)
	}
	if err != nil {
		c.t.Fatalf("the description of the API: %v", err)
	}
	return described.Description
}

// isDescribed fails the test if a request and its answer are not as the API is described.
func (c *client) isDescribed(request *http.Request, r reply) {
	c.t.Helper()
	// A token in the address is PocketBase's way for files; the description does not offer it.
	if !strings.HasPrefix(request.URL.Path, "/api/") || request.URL.Query().Has("token") {
		return
	}
	d := c.description()
	if d == nil {
		return
	}
	var sent []byte
	if request.GetBody != nil {
		body, err := request.GetBody()
		if err == nil {
			sent, err = io.ReadAll(body)
		}
		if err != nil {
			c.t.Fatalf("%s: %v", r.request, err)
		}
	}
	if err := d.Check(request, sent, r.status, r.header, r.body); err != nil {
		c.t.Errorf("%s: %d is not as described in hooks/openapi: %.2000v\ngot %.500s", r.request, r.status, err, r.body)
	}
}

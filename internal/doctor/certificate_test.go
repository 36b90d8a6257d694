package doctor

import (
	"net/http/httptest"
	"net/url"
	"testing"
)

func TestACertificateThatNobodyTrustsIsAnError(t *testing.T) {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	address, err := url.Parse(server.URL)
	must(t, err)
	if f := certificateOf(t.Context(), address); f.Level != levelError || f.Reason != "not_valid" || f.Do == "" {
		t.Errorf("%+v", f)
	}
	server.Close()
	if f := certificateOf(t.Context(), address); f.Level != levelWarning || f.Reason != "unreachable" {
		t.Errorf("%+v", f)
	}
}

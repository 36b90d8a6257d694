package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"gonets/internal/excerpt"
)

const (
	// ReadyURL is where serve listens when it is not told otherwise.
	ReadyURL = "http://127.0.0.1:8090"
	// readyTime is how long the answer may take.
	readyTime = 5 * time.Second
	// readyBytes is how much of an answer is read: Gonets answers less than that.
	readyBytes = 64 << 10
)

// AskReady asks the service at a base address which process sends mailings: "here" or "elsewhere". It fails when none does and
// when nobody answers. It needs no data folder.
func AskReady(ctx context.Context, base string) (sending string, err error) {
	address, err := url.Parse(base)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return "", fmt.Errorf("--url %s: give the address of the service, for example %s", base, ReadyURL)
	}
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.JoinPath("/api/gonets/ready").String(), nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", fmt.Errorf("not ready: %w", err) // names the address
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, readyBytes))
	if err != nil {
		return "", fmt.Errorf("not ready: %w", err)
	}
	var said struct{ Sending, Message string }
	switch err := json.Unmarshal(body, &said); {
	case err != nil:
		return "", fmt.Errorf("not ready: %s answers %s, and not as Gonets does: is something else there?", address.Host, answer.Status)
	case answer.StatusCode == http.StatusOK && said.Sending != "":
		return excerpt.Of(said.Sending, 100), nil
	case said.Message == "":
		return "", fmt.Errorf("not ready: %s answers %s", address.Host, answer.Status)
	}
	return "", errors.New("not ready: " + strings.TrimSuffix(excerpt.Of(said.Message, 300), "."))
}

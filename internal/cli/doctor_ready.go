package cli

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

	"github.com/spf13/cobra"

	"gonets/internal/excerpt"
)

// noDataWith names a flag of a command with which it needs no data folder.
const noDataWith = "gonets/no-data-with"

// needsNoData reports whether a command, with its arguments, neither opens nor creates a data folder.
func needsNoData(c *cobra.Command, args []string) bool {
	if _, never := c.Annotations[noData]; never {
		return true
	}
	name, ok := c.Annotations[noDataWith]
	if !ok {
		return false
	}
	if c.ParseFlags(args) != nil {
		return true // the command refuses the flags, and does nothing
	}
	set, err := c.Flags().GetBool(name)
	return err == nil && set
}

const (
	// readyURL is where serve listens when it is not told otherwise.
	readyURL = "http://127.0.0.1:8090"
	// readyTime is how long the answer may take.
	readyTime = 5 * time.Second
	// readyBytes is how much of an answer is read: Gonets answers less than that.
	readyBytes = 64 << 10
)

// askReady asks a server whether mailings are sent. It fails when none are, and when nobody answers.
func askReady(ctx context.Context, out io.Writer, base string) error {
	address, err := url.Parse(base)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return fmt.Errorf("--url %s: give the address of the service, for example %s", base, readyURL)
	}
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.JoinPath("/api/gonets/ready").String(), nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("not ready: %w", err) // names the address
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, readyBytes))
	if err != nil {
		return fmt.Errorf("not ready: %w", err)
	}
	var said struct {
		Sending string `json:"sending"`
		Message string `json:"message"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return fmt.Errorf("not ready: %s answers %s, and not as Gonets does: is something else there?", address.Host, answer.Status)
	}
	switch {
	case answer.StatusCode == http.StatusOK && said.Sending != "":
		_, err := fmt.Fprintln(out, "ready: sending", excerpt.Of(said.Sending, 100))
		return err
	case said.Message == "":
		return fmt.Errorf("not ready: %s answers %s", address.Host, answer.Status)
	}
	return errors.New("not ready: " + strings.TrimSuffix(excerpt.Of(said.Message, 300), "."))
}

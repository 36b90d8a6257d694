package contestant

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"time"
)

// smtpSource is Postfix's own load generator. It sends one text to numbered recipients and records nothing.
const smtpSource = "smtp-source"

// ErrMissing says that a contestant is not on this machine.
var ErrMissing = errors.New("smtp-source is not installed; it is in Debian's package postfix")

// sendBySMTPSource sends by smtp-source until about the end of ctx. The program sends a number of e-mails, not for a time, so
// a short run tells how many fit into the rest.
func sendBySMTPSource(ctx context.Context, address string, l Load) (int, error) {
	first := 20 * l.Connections
	took, err := SMTPSource(ctx, address, l, first)
	if err != nil {
		return 0, err
	}
	end, _ := ctx.Deadline()
	rest := int(time.Until(end).Seconds() * float64(first) / took.Seconds())
	if rest < l.Connections {
		return first, nil
	}
	_, err = SMTPSource(ctx, address, l, rest)
	return first + rest, err
}

// SMTPSource sends so many e-mails by smtp-source, over connections that stay open (-d), each to another recipient (-N), and returns
// how long that took. It may take longer than ctx says, up to two minutes. It returns ErrMissing if the program is not on this machine.
func SMTPSource(ctx context.Context, address string, l Load, mails int) (time.Duration, error) {
	program, err := exec.LookPath(smtpSource)
	if err != nil {
		return 0, ErrMissing
	}
	patient, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
	defer cancel()
	begin := time.Now()
	out, err := exec.CommandContext(patient, program, "-d", "-N", "-s", strconv.Itoa(min(l.Connections, mails)), "-m", strconv.Itoa(mails),
		"-l", strconv.Itoa(l.Size), "-f", "news@example.org", "-t", "reader@example.com", "inet:"+address).CombinedOutput()
	took := time.Since(begin)
	if err != nil {
		return 0, fmt.Errorf("%s: %w: %s", smtpSource, err, out)
	}
	return took, nil
}

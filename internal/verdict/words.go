package verdict

import (
	"errors"
	"fmt"
	"net"
	"os"

	"gonets/internal/mailing"
	"gonets/internal/relay"
)

// Words say what went wrong with a mail server in words that an owner may read: the server's own, or what the network
// said, but not where the server is. That is the operator's business and stands in the log.
func Words(err error) string {
	var (
		trouble *relay.ServerError
		broken  *relay.ConnectionError
	)
	switch {
	case errors.As(err, &trouble):
		return wordsOf(trouble.Stage, trouble.Answer, trouble.Err)
	case errors.As(err, &broken):
		return wordsOf(broken.Stage, broken.Answer, broken.Err)
	}
	return wordsOf(relay.StageConnect, relay.Answer{}, err)
}

func wordsOf(stage relay.Stage, answer relay.Answer, err error) string {
	if answer.Code != 0 {
		return answer.String()
	}
	if err == nil {
		return fmt.Sprintf("%s: the connection ended", stage)
	}
	var (
		lookup  *net.DNSError
		network *net.OpError
		system  *os.SyscallError
	)
	switch {
	case errors.As(err, &lookup):
		return fmt.Sprintf("%s: the name of the mail server could not be looked up", stage)
	case errors.As(err, &system):
		return fmt.Sprintf("%s: %v", stage, system.Err)
	case errors.As(err, &network):
		return fmt.Sprintf("%s: %v", stage, network.Err)
	}
	return fmt.Sprintf("%s: %v", stage, err)
}

// WaitsFor is the code of the reason why mailings wait while a mail server is in trouble.
func WaitsFor(err error) string {
	var t *relay.ServerError
	if !errors.As(err, &t) {
		return mailing.WaitServer
	}
	switch t.Stage {
	case relay.StageTLS:
		return mailing.WaitTLS
	case relay.StageLogin:
		return mailing.WaitLogin
	}
	if t.Answer.Code != 0 {
		return mailing.WaitRefusing
	}
	return mailing.WaitServer
}

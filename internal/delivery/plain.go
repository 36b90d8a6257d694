package delivery

import (
	"errors"
	"fmt"
	"net"
	"os"

	"gonets/internal/relay"
)

// plain says what went wrong with a mail server in words that an owner may read: the server's own, or
// what the network said, but not where the server is. That is the operator's business and stands in
// the log.
func plain(err error) string {
	var (
		trouble *relay.Trouble
		broken  *relay.Broken
	)
	switch {
	case errors.As(err, &trouble):
		return said(trouble.Stage, trouble.Answer, trouble.Err)
	case errors.As(err, &broken):
		return said(broken.Stage, broken.Answer, broken.Err)
	}
	return said(relay.StageConnect, relay.Answer{}, err)
}

func said(stage relay.Stage, answer relay.Answer, err error) string {
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

package webhook

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"gonets/internal/bounce"
)

// message is what Amazon SNS sends.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
type message struct {
	Type, MessageID, TopicARN, Subject, Message, Timestamp string
	Token, SubscribeURL                                    string
	SignatureVersion, Signature, SigningCertURL            string
}

// signed is what the signature is over: names and values in the order of the names, each on a line.
// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
func (m *message) signed() string {
	fields := []string{"Message", m.Message, "MessageId", m.MessageID}
	if m.Type == "Notification" {
		if m.Subject != "" {
			fields = append(fields, "Subject", m.Subject)
		}
		fields = append(fields, "Timestamp", m.Timestamp)
	} else {
		fields = append(fields, "SubscribeURL", m.SubscribeURL, "Timestamp", m.Timestamp, "Token", m.Token)
	}
	fields = append(fields, "TopicArn", m.TopicARN, "Type", m.Type)
	return strings.Join(fields, "\n") + "\n"
}

// readSNS reads a notification of SES, or confirms a subscription to the topic of the hook, but to no other.
func (r *Reader) readSNS(ctx context.Context, h Hook, q Request) ([]Report, error) {
	var m message
	if err := json.Unmarshal(q.Body, &m); err != nil {
		return nil, fmt.Errorf("%w: it is not readable", ErrSignature)
	}
	if h.Topic == "" || m.TopicARN != h.Topic {
		return nil, fmt.Errorf("%w: it is of another topic", ErrSignature)
	}
	region, ok := regionOf(h.Topic)
	if !ok {
		return nil, fmt.Errorf("%w: the topic of the hook is no ARN of Amazon SNS", ErrSignature)
	}
	if err := r.verify(ctx, &m, region, q); err != nil {
		return nil, err
	}
	switch m.Type {
	case "Notification":
		return m.reports(), nil
	case "SubscriptionConfirmation":
		return nil, r.confirm(ctx, &m, region)
	}
	return nil, nil // the end of a subscription
}

// verify checks the signature by the certificate that the message names, if its address is one of Amazon's for the region
// of the topic.
func (r *Reader) verify(ctx context.Context, m *message, region string, q Request) error {
	if !isAmazons(m.SigningCertURL, region) || !certificatePath.MatchString(m.SigningCertURL) {
		return fmt.Errorf("%w: its certificate is not Amazon's", ErrSignature)
	}
	signature, err := base64.StdEncoding.DecodeString(m.Signature)
	if err != nil {
		return ErrSignature
	}
	key, err := r.key(ctx, m.SigningCertURL, q.At)
	if err != nil {
		return err
	}
	text := []byte(m.signed())
	switch m.SignatureVersion {
	case "1":
		sum := sha1.Sum(text)
		err = rsa.VerifyPKCS1v15(key, crypto.SHA1, sum[:], signature)
	case "2":
		sum := sha256.Sum256(text)
		err = rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature)
	default:
		return fmt.Errorf("%w: its version is unknown", ErrSignature)
	}
	if err != nil {
		return ErrSignature
	}
	return nil
}

// confirm confirms a subscription. The address is made of what was verified, and not the one in the message.
func (r *Reader) confirm(ctx context.Context, m *message, region string) error {
	if !isAmazons(m.SubscribeURL, region) {
		return fmt.Errorf("%w: the address of the confirmation is not Amazon's", ErrSignature)
	}
	given, err := url.Parse(m.SubscribeURL)
	if err != nil {
		return ErrSignature
	}
	query := url.Values{"Action": {"ConfirmSubscription"}, "TopicArn": {m.TopicARN}, "Token": {m.Token}}
	address := url.URL{Scheme: "https", Host: given.Host, Path: "/", RawQuery: query.Encode()}
	if _, err := r.get(ctx, address.String()); err != nil {
		return err
	}
	return nil
}

var (
	topicARN        = regexp.MustCompile(`^arn:aws(?:-cn|-us-gov)?:sns:([a-z]{2}(?:-[a-z]{1,12}){1,3}-[0-9]{1,2}):[0-9]{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?$`)
	certificatePath = regexp.MustCompile(`^https://[^/]+/SimpleNotificationService-[A-Za-z0-9]{1,100}\.pem$`)
)

// IsTopic is true for the ARN of a topic of Amazon SNS.
func IsTopic(arn string) bool { return topicARN.MatchString(arn) }

func regionOf(topic string) (region string, ok bool) {
	found := topicARN.FindStringSubmatch(topic)
	if found == nil {
		return "", false
	}
	return found[1], true
}

// isAmazons is true for an address of Amazon SNS in a region. Everybody can have hosts of other names below amazonaws.com.
func isAmazons(address, region string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Opaque != "" || u.Fragment != "" {
		return false
	}
	host := "sns." + region + ".amazonaws.com"
	return u.Host == host && !strings.HasPrefix(region, "cn-") || u.Host == host+".cn" && strings.HasPrefix(region, "cn-")
}

// reports are those of the notification of SES in the message.
func (m *message) reports() []Report {
	read := bounce.ReadSES(m.Message)
	if read == nil {
		return nil // an opening, or the test that SES sends when a topic is chosen
	}
	at := loose(m.Timestamp).date()
	reports := make([]Report, 0, len(read.Recipients))
	for i, recipient := range read.Recipients {
		report := Report{Recipient: recipient, ID: m.MessageID, MessageID: read.Original.MessageID, At: at}
		if i > 0 {
			report.ID += "/" + strconv.Itoa(i)
		}
		if len(read.Original.ReturnPaths) > 0 {
			report.ReturnPath = read.Original.ReturnPaths[0]
		}
		reports = append(reports, report)
	}
	return reports
}

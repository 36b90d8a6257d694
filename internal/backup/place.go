package backup

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"syscall"

	"github.com/pocketbase/pocketbase/core"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"gonets/internal/denial"
	"gonets/internal/excerpt"
	"gonets/internal/printable"
)

// fault is what is wrong with S3: a code for the UI, and in English what to do.
type fault struct{ code, text string }

var (
	badKey    = fault{"s3_key", "S3 does not know the access key: copy it anew"}
	badSecret = fault{"s3_secret", "S3 does not accept the secret key: copy it anew, and check that it belongs to the access key"}
	badBucket = fault{"s3_bucket", "S3 has no such bucket: make it, or mend its name or the endpoint"}
	denied    = fault{"s3_denied", "S3 denies the key this: allow it to list the bucket, and to read, write and delete in it"}
	badClock  = fault{"s3_clock", "the clock of this machine is wrong, so S3 refuses the request: set it, by NTP for example"}
	badRegion = fault{"s3_region", "the bucket is in another region: mend the region or the endpoint"}
	noAnswer  = fault{"s3_unreachable", "S3 cannot be reached: check the endpoint, and the network of this machine"}
)

// faults are the codes of S3 that somebody can do something about.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
var faults = map[string]fault{
	"InvalidAccessKeyId":                 badKey,
	"SignatureDoesNotMatch":              badSecret,
	"NoSuchBucket":                       badBucket,
	"InvalidBucketName":                  badBucket,
	"AccessDenied":                       denied,
	"AllAccessDisabled":                  denied,
	"RequestTimeTooSkewed":               badClock,
	"AuthorizationHeaderMalformed":       badRegion,
	"PermanentRedirect":                  badRegion,
	"IllegalLocationConstraintException": badRegion,
}

// answered is how PocketBase writes an answer of S3: its status and code. The type of the error is not exported.
var answered = regexp.MustCompile(`\b[3-5]\d\d ([A-Za-z0-9]+)(:|\n|$)`)

// ExplainPlace tells in a *denial.Error with status 502 why the place of the backups could not be used, when that is S3; otherwise it
// returns err as it is. fallback is the code when nothing is known but what S3 said.
func ExplainPlace(app core.App, err error, fallback string) error {
	if err == nil || !app.Settings().Backups.S3.Enabled {
		return err
	}
	found, known := noAnswer, true
	if answer := answered.FindStringSubmatch(err.Error()); answer != nil {
		found, known = faults[answer[1]]
	}
	if !known {
		found = fault{fallback, "S3 cannot be used: check its endpoint, bucket, region and keys"}
	}
	return denial.New(http.StatusBadGateway, found.code, "place", "%s (%s)", found.text, excerpt.Of(printable.Line(short(err)), 300))
}

// short is what S3 says, in a sentence: PocketBase adds the whole answer to it, of up to some kilobytes.
func short(err error) string {
	sentence, _, _ := strings.Cut(err.Error(), "\n(RAW: ")
	return sentence
}

// explainFull makes errRoom of the error of a disk that has become full.
func explainFull(err error) error {
	var database *sqlite.Error
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.As(err, &database) && database.Code()&0xff == sqlite3.SQLITE_FULL {
		return fmt.Errorf("%w: %w", errRoom, err)
	}
	return err
}

// golang-sdk v2.7.106 against a running demo: beta, v3, v2024, v2025 and v2026.
//
// Usage: . DIR/demo.env && go run .
package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"time"

	sailpoint "github.com/sailpoint-oss/golang-sdk/v2"
)

const (
	user   = "Abby.Smith"
	source = "My-AD"
	within = time.Minute
)

var (
	hexID  = regexp.MustCompile(`^[0-9a-f]{32}$`)
	uuid   = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	digits = regexp.MustCompile(`^[0-9]{8}$`)
)

type info struct {
	IdentityID  string `json:"identityId"`
	SourceID    string `json:"sourceId"`
	PublicKeyID string `json:"publicKeyId"`
	PublicKey   string `json:"publicKey"`
	Accounts    []struct {
		AccountID string `json:"accountId"`
	} `json:"accounts"`
	Policies []string `json:"policies"`
}

type status struct {
	RequestID string   `json:"requestId"`
	State     string   `json:"state"`
	Errors    []string `json:"errors"`
	SourceIDs []string `json:"sourceIds"`
}

// read turns what the SDK decoded into `out`; a fault keeps what the server said.
func read(out any, wanted int) func(answer any, response *http.Response, err error) error {
	return func(answer any, response *http.Response, err error) error {
		if err != nil {
			if response != nil && response.Body != nil {
				body, _ := io.ReadAll(response.Body)
				return fmt.Errorf("%w: %s %s", err, response.Status, body)
			}
			return err
		}
		if response.StatusCode != wanted {
			return fmt.Errorf("status %d instead of %d", response.StatusCode, wanted)
		}
		text, err := json.Marshal(answer)
		if err != nil {
			return err
		}
		return json.Unmarshal(text, out)
	}
}

func (f family) createDigitToken(ctx context.Context) error {
	var token struct {
		DigitToken string `json:"digitToken"`
		RequestID  string `json:"requestId"`
	}
	if err := read(&token, http.StatusOK)(f.digit(ctx)); err != nil {
		return err
	}
	if !digits.MatchString(token.DigitToken) {
		return errors.New("the token is not 8 digits")
	}
	if !uuid.MatchString(token.RequestID) {
		return fmt.Errorf("requestId %q is not a UUID", token.RequestID)
	}
	return nil
}

func (f family) queryPasswordInfo(ctx context.Context) (found info, err error) {
	if err = read(&found, http.StatusOK)(f.query(ctx)); err != nil {
		return found, err
	}
	handle, err := base64.StdEncoding.DecodeString(found.PublicKeyID)
	switch {
	case err != nil:
		return found, err
	case !hexID.MatchString(found.IdentityID) || !hexID.MatchString(found.SourceID):
		return found, errors.New("an id is not 32 hex digits")
	case !uuid.Match(handle):
		return found, errors.New("publicKeyId is no UUID")
	case len(found.Accounts) != 1 || len(found.Policies) == 0:
		return found, fmt.Errorf("%d accounts and %d policies", len(found.Accounts), len(found.Policies))
	}
	return found, nil
}

func (f family) setPassword(ctx context.Context, found info, password string) (string, error) {
	ciphertext, err := encrypt(password, found.PublicKey)
	if err != nil {
		return "", err
	}
	var accepted status
	asked := change{found.IdentityID, ciphertext, found.PublicKeyID, found.Accounts[0].AccountID, found.SourceID}
	if err := read(&accepted, http.StatusAccepted)(f.set(ctx, asked)); err != nil {
		return "", err
	}
	if !hexID.MatchString(accepted.RequestID) || accepted.State != "IN_PROGRESS" {
		return "", fmt.Errorf("requestId %q in state %q at once", accepted.RequestID, accepted.State)
	}
	return accepted.RequestID, nil
}

func (f family) untilFinished(ctx context.Context, id, sourceID string) error {
	for deadline := time.Now().Add(within); ; time.Sleep(200 * time.Millisecond) {
		var now status
		if err := read(&now, http.StatusOK)(f.status(ctx, id)); err != nil {
			return err
		}
		switch {
		case now.RequestID != id || !slices.Contains(now.SourceIDs, sourceID):
			return fmt.Errorf("status of %q with sources %q", now.RequestID, now.SourceIDs)
		case now.State == "FINISHED" && len(now.Errors) == 0:
			return nil
		case now.State != "IN_PROGRESS" || time.Now().After(deadline):
			return fmt.Errorf("state %q with errors %q", now.State, now.Errors)
		}
	}
}

// encrypt: PKCS#1 v1.5 over the UTF-8 bytes, in base64, as the API asks for.
func encrypt(password, publicKey string) (string, error) {
	der, err := base64.StdEncoding.DecodeString(publicKey)
	if err != nil {
		return "", err
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return "", err
	}
	public, ok := key.(*rsa.PublicKey)
	if !ok {
		return "", errors.New("the key is not an RSA key")
	}
	ciphertext, err := rsa.EncryptPKCS1v15(rand.Reader, public, []byte(password))
	return base64.StdEncoding.EncodeToString(ciphertext), err
}

func newPassword() string {
	random := make([]byte, 8)
	_, _ = rand.Read(random)
	return "Zürich-" + hex.EncodeToString(random) + "-7a"
}

func run(ctx context.Context, tally *tally, directory *directory, f family) {
	if f.digit != nil && !tally.check(f.name+" create-digit-token", f.createDigitToken(ctx)) {
		return
	}
	found, err := f.queryPasswordInfo(ctx)
	if !tally.check(f.name+" query-password-info", err) {
		return
	}
	// The first family changes twice, so that an old password is known.
	for rounds := directory.rounds(); rounds > 0; rounds-- {
		password := newPassword()
		id, err := f.setPassword(ctx, found, password)
		if !tally.check(f.name+" set-password", err) ||
			!tally.check(f.name+" password-change-status", f.untilFinished(ctx, id, found.SourceID)) ||
			!tally.check(f.name+" sign-in at the directory", directory.prove(found.Accounts[0].AccountID, password)) {
			return
		}
	}
}

func main() {
	for _, name := range []string{"SAIL_BASE_URL", "SAIL_CLIENT_ID", "SAIL_CLIENT_SECRET"} {
		setting(name)
	}
	directory := &directory{url: setting("PASSWRIGHT_DEMO_LDAP_URL"), ca: setting("PASSWRIGHT_DEMO_CA_FILE")}
	// The SDK with its default configuration: it reads the demo's variables itself.
	configuration := sailpoint.NewDefaultConfiguration()
	configuration.Experimental = true
	tally := &tally{}
	for _, f := range families(sailpoint.NewAPIClient(configuration)) {
		run(context.Background(), tally, directory, f)
	}
	client, ctx := administrator(), context.Background()
	administer(ctx, tally, "beta", deedsBeta(client))
	administer(ctx, tally, "v3", deedsV3(client))
	administer(ctx, tally, "v2024", deedsV2024(client))
	administer(ctx, tally, "v2025", deedsV2025(client))
	administer(ctx, tally, "v2026", deedsV2026(client))
	os.Exit(tally.close())
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	sailpoint "github.com/sailpoint-oss/golang-sdk/v2"
)

const secretKey = "dk778Y3QlA5UqocYpdU3rEkzrK2D497y"

// known is what earlier answers told, for the operations that follow.
type known struct{ account, identity, source, app, question string }

// deed is one operation of an administrator: how the SDK is asked, and what its answer must hold.
type deed struct {
	operation string
	status    int
	ask       func(context.Context, *known) (any, *http.Response, error)
	look      func(*known, *answer) error
}

// answer is what the SDK decoded, in its JSON form.
type answer struct {
	text string
	all  []map[string]any
	one  map[string]any
}

func (a *answer) UnmarshalJSON(text []byte) error {
	a.text = string(text)
	if strings.HasPrefix(a.text, "[") {
		return json.Unmarshal(text, &a.all)
	}
	return json.Unmarshal(text, &a.one)
}

// of reads a request's body in the SDK's own type.
func of[T any](text string) T {
	var value T
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		panic(fmt.Sprintf("%T: %v", value, err))
	}
	return value
}

func replace(path, value string) string {
	return fmt.Sprintf(`[{"op":"replace","path":%q,"value":%s}]`, path, value)
}

// holds: the fields have these values, as JSON writes them.
func holds(pairs ...string) func(*known, *answer) error {
	return func(_ *known, a *answer) error {
		for at := 0; at < len(pairs); at += 2 {
			given, err := json.Marshal(a.one[pairs[at]])
			if err != nil || string(given) != pairs[at+1] {
				return fmt.Errorf("%s is %s, not %s", pairs[at], given, pairs[at+1])
			}
		}
		return nil
	}
}

func task(_ *known, a *answer) error {
	if text, ok := a.one["id"].(string); !ok || text == "" {
		return errors.New("no task")
	}
	return nil
}

func abbysAccounts(k *known, a *answer) error {
	for _, account := range a.all {
		if account["sourceName"] == "My-AD" {
			k.account, k.identity = account["id"].(string), account["identityId"].(string)
		}
	}
	if len(a.all) != 5 || k.account == "" {
		return fmt.Errorf("%d accounts, not 5", len(a.all))
	}
	return nil
}

func isAccount(k *known, a *answer) error {
	if a.one["id"] != k.account || a.one["identityId"] != k.identity {
		return errors.New("another account: " + a.text)
	}
	return nil
}

func some(_ *known, a *answer) error {
	if len(a.all) == 0 {
		return errors.New("the list is empty")
	}
	return nil
}

func abby(k *known, a *answer) error {
	if len(a.all) != 1 || a.all[0]["id"] != k.identity {
		return errors.New("not Abby alone: " + a.text)
	}
	return nil
}

func firstSource(k *known, a *answer) error {
	if len(a.all) != 1 {
		return errors.New("not one source: " + a.text)
	}
	k.source = a.all[0]["id"].(string)
	return nil
}

func madeApp(k *known, a *answer) error {
	k.app, _ = a.one["id"].(string)
	return task(k, a)
}

func firstQuestion(k *known, a *answer) error {
	if len(a.all) == 0 || !strings.Contains(a.text, `\"locale\":\"fr\"`) {
		return errors.New("no question in all its languages: " + a.text)
	}
	k.question = a.all[0]["id"].(string)
	return nil
}

func answered(wanted bool) func(*known, *answer) error {
	return func(k *known, a *answer) error {
		for _, question := range a.all {
			if question["id"] == k.question && question["hasAnswer"] == wanted {
				return nil
			}
		}
		return errors.New("not as it was set: " + a.text)
	}
}

// administrator is the SDK with an administrator's personal access token.
func administrator() *sailpoint.APIClient {
	kept := map[string]string{}
	for name, other := range map[string]string{"SAIL_CLIENT_ID": "PASSWRIGHT_ADMIN_PAT_ID", "SAIL_CLIENT_SECRET": "PASSWRIGHT_ADMIN_PAT_SECRET"} {
		kept[name] = os.Getenv(name)
		_ = os.Setenv(name, setting(other))
	}
	configuration := sailpoint.NewDefaultConfiguration()
	configuration.Experimental = true
	for name, value := range kept {
		_ = os.Setenv(name, value)
	}
	return sailpoint.NewAPIClient(configuration)
}

// administer runs the deeds of one family in their order; the first that fails ends it.
func administer(ctx context.Context, tally *tally, family string, deeds []deed) {
	facts := &known{}
	for _, d := range deeds {
		var given answer
		err := read(&given, d.status)(d.ask(ctx, facts))
		if err == nil && d.look != nil {
			err = d.look(facts, &given)
		}
		if !tally.check(family+" "+d.operation, err) {
			return
		}
	}
}

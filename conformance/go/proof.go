package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

const invalidCredentials = 49

// directory asks the demo's directory itself which password works, with OpenLDAP's client over LDAPS.
type directory struct{ url, ca, proved string }

func (d *directory) rounds() int {
	if d.proved == "" {
		return 2
	}
	return 1
}

// prove: the new password signs `name` in; the one proved before is refused as wrong, not for another reason.
func (d *directory) prove(name, password string) error {
	if code, said := d.whoami(name, password); code != 0 {
		return fmt.Errorf("ldapwhoami with the new password answers %d: %s", code, said)
	}
	if d.proved != "" {
		if code, said := d.whoami(name, d.proved); code != invalidCredentials {
			return fmt.Errorf("ldapwhoami with the old password answers %d: %s", code, said)
		}
	}
	d.proved = password
	return nil
}

func (d *directory) whoami(name, password string) (int, string) {
	folder, err := os.MkdirTemp("", "proof-")
	if err != nil {
		return -1, err.Error()
	}
	defer os.RemoveAll(folder)
	// A file, since arguments are seen by every process; without a newline, which would count as password.
	secret := filepath.Join(folder, "secret")
	if err := os.WriteFile(secret, []byte(password), 0o600); err != nil {
		return -1, err.Error()
	}
	command := exec.Command("ldapwhoami", "-x", "-H", d.url, "-D", name, "-y", secret, "-o", "nettimeout=10")
	command.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "LDAPCONF=" + os.DevNull,
		"LDAPTLS_CACERT=" + d.ca, "LDAPTLS_REQCERT=demand",
	}
	said, err := command.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), string(said)
	}
	if err != nil {
		return -1, err.Error()
	}
	return 0, string(said)
}

// tally prints one line per check and a closing line that is counted by `cargo xtask test`.
type tally struct{ passed, failed int }

func (t *tally) check(name string, err error) bool {
	if err != nil {
		t.failed++
		fmt.Printf("FAILED %s: %v\n", name, err)
		return false
	}
	t.passed++
	fmt.Printf("ok %s\n", name)
	return true
}

func (t *tally) close() int {
	fmt.Printf("%d passed, %d failed\n", t.passed, t.failed)
	if t.failed > 0 || t.passed == 0 {
		return 1
	}
	return 0
}

// setting: a variable of demo.env; ends the program with a plain sentence when it is not set.
func setting(name string) string {
	value := os.Getenv(name)
	if value == "" {
		fmt.Printf("FAILED settings: %s is not set; run `. DIR/demo.env` of a running demo first\n0 passed, 1 failed\n", name)
		os.Exit(1)
	}
	return value
}

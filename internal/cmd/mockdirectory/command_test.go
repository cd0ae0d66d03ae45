package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// running is a command that serves until the test stops it.
type running struct {
	lines *bufio.Scanner
	stop  context.CancelFunc
	done  chan error
}

// launch runs a command and reads its output up to the last of the export lines.
func launch(t *testing.T, args ...string) (running, []string) {
	t.Helper()
	c, err := parse(args, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	reader, writer := io.Pipe()
	r := running{lines: bufio.NewScanner(reader), stop: cancel, done: make(chan error, 1)}
	go func() {
		err := c.run(ctx, writer)
		_ = writer.CloseWithError(err)
		r.done <- err
	}()
	var header []string
	for r.lines.Scan() {
		header = append(header, r.lines.Text())
		if strings.HasPrefix(r.lines.Text(), "export ENTRAID_PORTAL_REFRESH_TOKEN=") {
			return r, header
		}
	}
	t.Fatalf("the command ended: %v", <-r.done)
	return r, nil
}

// end stops the command and returns the rest of what it printed.
func (r running) end(t *testing.T) string {
	t.Helper()
	r.stop()
	var rest []string
	for r.lines.Scan() {
		rest = append(rest, r.lines.Text())
	}
	if err := <-r.done; err != nil {
		t.Error(err)
	}
	return strings.Join(rest, "\n")
}

func exported(lines []string, name string) string {
	for _, line := range lines {
		if value, ok := strings.CutPrefix(line, "export "+name+"='"); ok {
			return strings.TrimSuffix(value, "'")
		}
	}
	return ""
}

// clientFor trusts the directory.
func clientFor(t *testing.T, header []string) *http.Client {
	t.Helper()
	pem, err := os.ReadFile(exported(header, "ENTRAID_CA_CERTIFICATE_FILE"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// get asks the directory, without a token.
func get(t *testing.T, header []string, path string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, exported(header, "ENTRAID_GRAPH_ENDPOINT")+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := clientFor(t, header).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// stateOf asks the directory for its users.
func stateOf(t *testing.T, header []string) map[string]json.RawMessage {
	t.Helper()
	get(t, header, "/v1.0/users")
	var state struct {
		Users map[string]json.RawMessage `json:"users"`
	}
	if err := json.Unmarshal(get(t, header, "/_mock/state"), &state); err != nil {
		t.Fatal(err)
	}
	return state.Users
}

func TestReadyFileAndExportsSayTheSame(t *testing.T) {
	t.Parallel()
	ready := filepath.Join(t.TempDir(), "ready.json")
	r, header := launch(t, "-ready", ready, "-users", "2", "-domains", "1", "-quiet")
	if !strings.Contains(header[0], mockdirectory.SeededTenantID) {
		t.Errorf("header %q", header[0])
	}
	raw, err := os.ReadFile(ready)
	if err != nil {
		t.Fatal(err)
	}
	var c mockdirectory.Connection
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Error(err)
	}
	for name, value := range map[string]string{
		"ARM_TENANT_ID": c.TenantID, "ARM_CLIENT_ID": c.ClientID, "ARM_CLIENT_SECRET": c.ClientSecret,
		"ENTRAID_GRAPH_ENDPOINT": c.GraphEndpoint, "ENTRAID_PORTAL_ENDPOINT": c.PortalEndpoint,
		"ENTRAID_AUTHORITY_HOST": c.AuthorityHost, "ENTRAID_CA_CERTIFICATE_FILE": c.CACertificateFile,
		"ENTRAID_PORTAL_REFRESH_TOKEN": c.PortalRefreshToken,
	} {
		if value == "" || exported(header, name) != value {
			t.Errorf("%s is exported as %q, the ready file says %q", name, exported(header, name), value)
		}
	}
	if info, err := os.Stat(ready); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("ready file: %v %v", info, err)
	}
	if _, ok := stateOf(t, header)["00000000-0000-4000-8000-000000000002"]; !ok {
		t.Error("the users are not there")
	}
	rest := r.end(t)
	if strings.TrimSpace(rest) != "" {
		t.Errorf("a quiet command printed %q", rest)
	}
	if _, err := os.Stat(ready); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the ready file is still there: %v", err)
	}
	if _, err := os.Stat(exported(header, "ENTRAID_CA_CERTIFICATE_FILE")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the certificate file is still there: %v", err)
	}
}

func TestRequestsArePrinted(t *testing.T) {
	t.Parallel()
	fixture := filepath.Join(t.TempDir(), "tenant.json")
	if err := os.WriteFile(fixture, []byte(`{"users":{"ann@contoso.com":{"id":"10000000-0000-4000-8000-000000000001"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	r, header := launch(t, "-fixture", fixture, "-listen", "127.0.0.1:0", "-latency", "1ms")
	printed := make(chan string, 1)
	go func() {
		r.lines.Scan() // the empty line behind the exports
		r.lines.Scan()
		printed <- r.lines.Text()
	}()
	if users := stateOf(t, header); len(users) != 1 {
		t.Errorf("%d users, want those of the fixture", len(users))
	}
	if line := <-printed; !strings.HasPrefix(line, "GET /v1.0/users 401 ") {
		t.Errorf("printed %q", line)
	}
	r.end(t)
}

func TestQuotasHoldOnRequest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args []string
		want int
	}{
		{[]string{"-quiet"}, http.StatusOK},
		{[]string{"-quiet", "-throttle"}, http.StatusTooManyRequests},
	} {
		r, header := launch(t, test.args...)
		client, token := clientFor(t, header), signIn(t, header)
		last := 0
		for range 6 { // One more than the quota of reports.
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
				exported(header, "ENTRAID_GRAPH_ENDPOINT")+"/v1.0/reports/authenticationMethods/userRegistrationDetails", nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", "Bearer "+token)
			response, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			last = response.StatusCode
		}
		if last != test.want {
			t.Errorf("%v: the last answer is %d, want %d", test.args, last, test.want)
		}
		r.end(t)
	}
}

// signIn gets an access token for Graph with the exported secret.
func signIn(t *testing.T, header []string) string {
	t.Helper()
	form := url.Values{
		"grant_type": {"client_credentials"}, "scope": {exported(header, "ENTRAID_GRAPH_ENDPOINT") + "/.default"},
		"client_id": {exported(header, "ARM_CLIENT_ID")}, "client_secret": {exported(header, "ARM_CLIENT_SECRET")},
	}
	address := exported(header, "ENTRAID_AUTHORITY_HOST") + "/" + exported(header, "ARM_TENANT_ID") + "/oauth2/v2.0/token"
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := clientFor(t, header).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var issued struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&issued); err != nil || issued.AccessToken == "" {
		t.Fatalf("no token: %s %v", response.Status, err)
	}
	return issued.AccessToken
}

func TestASeedMakesTheDirectoryUnkind(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]bool{"-quiet": false, "-unkind=7": true} {
		r, header := launch(t, args)
		var state mockdirectory.State
		if err := json.Unmarshal(get(t, header, "/_mock/state"), &state); err != nil {
			t.Fatal(err)
		}
		if _, unkind := state.PasswordResetPolicy["experienceVersion"]; unkind != want {
			t.Errorf("with %s the directory is unkind: %v", args, unkind)
		}
		r.end(t)
	}
}

func TestMistakesAreExplained(t *testing.T) {
	t.Parallel()
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte(`{"users":{"x":{}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"-fixture", bad}, "with the fixture " + bad + ": mock directory: users[\"x\"]"},
		{[]string{"-fixture", bad + ".missing"}, "reading the fixture: open "},
		{[]string{"-listen", "0.0.0.0:0"}, "not a loopback address"},
		{[]string{"-ready", filepath.Join(bad, "ready.json")}, "writing the ready file: "},
	} {
		c, err := parse(test.args, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.run(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: %v", test.args, err)
		}
	}
	for _, args := range [][]string{{"-nothing"}, {"-users", "many"}, {"-unkind", "-1"}, {"extra"}} {
		var told bytes.Buffer
		if _, err := parse(args, &told); err == nil || !strings.Contains(told.String(), err.Error()) {
			t.Errorf("%v: %v, told %q", args, err, told.String())
		}
	}
	var help bytes.Buffer
	if _, err := parse([]string{"-h"}, &help); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("help: %v", err)
	}
	for _, name := range []string{"-listen", "-ready", "-fixture", "-users", "-domains", "-latency", "-throttle", "-unkind", "-quiet"} {
		if !strings.Contains(help.String(), name+" ") && !strings.Contains(help.String(), name+"\n") {
			t.Errorf("help lacks %s", name)
		}
	}
}

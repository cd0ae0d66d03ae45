package directory

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// onPremises is an answer of the back end for a tenant with writeback.
func onPremises(writeback, unlock bool) string {
	return fmt.Sprintf(`{"objectId":null,"passwordWritebackSupported":%v,"accountUnlockSupported":true,"accountUnlockEnabled":%v,`+
		`"enablementForTenant":true,"cloudProvisioningEnablementForTenant":false}`, writeback, unlock)
}

func bothSettings(writeback, unlock bool) OnPremisesPasswordResetSettings {
	return OnPremisesPasswordResetSettings{PasswordWriteback: &writeback, AccountUnlock: &unlock}
}

// onPremisesServer stores the settings and takes its time for each answer.
type onPremisesServer struct {
	mu        sync.Mutex
	writeback bool
	unlock    bool
	bodies    []string
	// put answers a write in place of the server; a status of 0 lets it through.
	put func(body string) int
	// undo lets each write undo the other setting.
	undo bool
}

func (s *onPremisesServer) RoundTrip(request *http.Request) (*http.Response, error) {
	time.Sleep(10 * time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	status, body := http.StatusOK, onPremises(s.writeback, s.unlock)
	if request.Method == http.MethodPut {
		content, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		s.bodies = append(s.bodies, string(content))
		if body = "true"; s.put != nil {
			status = s.put(string(content))
		}
		if status == http.StatusOK {
			if err := s.store(content); err != nil {
				return nil, err
			}
		}
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: request}, nil
}

func (s *onPremisesServer) store(content []byte) error {
	var sent map[string]bool
	if err := json.Unmarshal(content, &sent); err != nil {
		return err
	}
	if value, ok := sent["passwordWriteBackSupported"]; ok {
		s.writeback = value
	}
	if value, ok := sent["accountUnlockEnabled"]; ok {
		s.unlock = value
		s.writeback = s.writeback != s.undo
	}
	return nil
}

func TestEachOnPremisesSettingHasAWriteOfItsOwnInOrder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		wanted OnPremisesPasswordResetSettings
		bodies []string
	}{
		"both":    {bothSettings(false, true), []string{`{"passwordWriteBackSupported":false}`, `{"accountUnlockEnabled":true}`}},
		"first":   {OnPremisesPasswordResetSettings{PasswordWriteback: new(false)}, []string{`{"passwordWriteBackSupported":false}`}},
		"second":  {bothSettings(true, true), []string{`{"accountUnlockEnabled":true}`}},
		"neither": {bothSettings(true, false), nil},
		"nothing": {OnPremisesPasswordResetSettings{}, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &onPremisesServer{writeback: true}
			change, err := newClient(t, s).ChangeOnPremisesPasswordResetPolicy(t.Context(), c.wanted)
			if err != nil || !slices.Equal(s.bodies, c.bodies) || len(change.Written) != len(c.bodies) || change.Touched() != (len(c.bodies) > 0) {
				t.Errorf("%s: writes %q, %+v, %v", name, s.bodies, change, err)
			}
			if len(change.Stale)+len(change.Overridden) != 0 || len(c.wanted.Differing(change.Settings())) != 0 {
				t.Errorf("%s: %+v", name, change)
			}
		})
	}
}

func TestAFailedSecondWriteKeepsTheFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &onPremisesServer{writeback: true, put: func(body string) int {
			if strings.Contains(body, "Unlock") {
				return http.StatusForbidden
			}
			return http.StatusOK
		}}
		change, err := newClient(t, s).ChangeOnPremisesPasswordResetPolicy(t.Context(), bothSettings(false, true))
		if err == nil || !slices.Equal(change.Written, []string{PasswordWritebackMember}) || change.Failed != AccountUnlockMember || change.Uncertain || !change.Touched() {
			t.Errorf("%+v, %v", change, err)
		}
		if len(bothSettings(false, false).Differing(change.Settings())) != 0 || *change.Before.Settings.PasswordWriteback != true {
			t.Errorf("the settings are taken for %v", change.Settings())
		}
	})
}

func TestAFailedFirstWriteEndsTheChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &onPremisesServer{writeback: true, put: func(string) int { return http.StatusBadRequest }}
		change, err := newClient(t, s).ChangeOnPremisesPasswordResetPolicy(t.Context(), bothSettings(false, true))
		if err == nil || change.Touched() || change.Failed != PasswordWritebackMember || len(s.bodies) != 1 {
			t.Errorf("%d writes, %+v, %v", len(s.bodies), change, err)
		}
	})
}

func TestAnOnPremisesWriteWhoseAnswerIsLostIsReadBack(t *testing.T) {
	t.Parallel()
	for _, effect := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			s := &onPremisesServer{writeback: true}
			first := true
			s.put = func(string) int {
				s.writeback = !effect
				if first {
					first = false
					return http.StatusGatewayTimeout
				}
				return http.StatusForbidden
			}
			start := time.Now()
			change, err := newClient(t, s).ChangeOnPremisesPasswordResetPolicy(t.Context(), OnPremisesPasswordResetSettings{PasswordWriteback: new(false)})
			if (err == nil) != effect || change.Uncertain == effect || !change.Touched() || (len(change.Written) == 1) != effect {
				t.Errorf("effect %v: %+v, %v", effect, change, err)
			}
			if got := *change.Settings().PasswordWriteback; got == effect {
				t.Errorf("effect %v: the setting is taken for %v", effect, got)
			}
			if took := time.Since(start); took > visibilityBound+longestLook+longestPause {
				t.Errorf("waited %v", took)
			}
		})
	}
}

func TestAnAcceptedOnPremisesWriteCountsBeforeItIsShown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 200, body: onPremises(true, false)}, {status: 200, body: "true"}, {status: 200, body: onPremises(true, false)}}}
		start := time.Now()
		change, err := newClient(t, s).ChangeOnPremisesPasswordResetPolicy(t.Context(), OnPremisesPasswordResetSettings{PasswordWriteback: new(false)})
		if err != nil || !slices.Equal(change.Stale, []string{PasswordWritebackMember}) || len(change.Overridden) != 0 {
			t.Errorf("%+v, %v", change, err)
		}
		if *change.Settings().PasswordWriteback {
			t.Error("what was accepted does not count")
		}
		if took := time.Since(start); took < visibilityBound || took > visibilityBound+longestLook+longestPause {
			t.Errorf("waited %v", took)
		}
	})
}

func TestASecondWriteThatUndoesTheFirstIsReported(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &onPremisesServer{writeback: true, undo: true}
		change, err := newClient(t, s).ChangeOnPremisesPasswordResetPolicy(t.Context(), bothSettings(false, true))
		if err != nil || !slices.Equal(change.Overridden, []string{PasswordWritebackMember}) || len(change.Stale) != 0 {
			t.Errorf("%+v, %v", change, err)
		}
		if !*change.Settings().PasswordWriteback {
			t.Error("a setting that went back counts as written")
		}
	})
}

func TestOneWriterAtATimeChangesTheOnPremisesSettings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &onPremisesServer{}
		client := newClient(t, s)
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() {
				if _, err := client.ChangeOnPremisesPasswordResetPolicy(t.Context(), bothSettings(true, true)); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		// Writers that wait find the settings as they want them.
		if len(s.bodies) != 2 {
			t.Errorf("writes %q", s.bodies)
		}
	})
}

func TestOnPremisesAnswers(t *testing.T) {
	t.Parallel()
	read := func(body string) (OnPremisesPasswordResetPolicy, error) {
		return newClient(t, &script{answers: []answer{{status: 200, body: body}}}).OnPremisesPasswordResetPolicy(t.Context())
	}
	policy, err := read(`{"passwordWriteBackSupported":true,"AccountUnlockEnabled":false,"enablementForTenant":false,"cloudProvisioningEnablementForTenant":true}`)
	if err != nil || len(bothSettings(true, false).Differing(policy.Settings)) != 0 || !policy.SetUp {
		t.Errorf("other spellings: %+v, %v", policy, err)
	}
	policy, err = read(`{"objectId":null,"passwordWritebackSupported":false,"accountUnlockSupported":false,"accountUnlockEnabled":false,"enablementForTenant":false,"cloudProvisioningEnablementForTenant":false}`)
	if err != nil || policy.SetUp {
		t.Errorf("a tenant without an on-premises directory: %+v, %v", policy, err)
	}
	for _, body := range []string{`{}`, `null`, `[]`, `{"objectId":"default"}`, `{"passwordWritebackSupported":true}`, `{"passwordWritebackSupported":"true","accountUnlockEnabled":true}`, `<html></html>`} {
		if policy, err := read(body); err == nil {
			t.Errorf("%s is taken for %+v", body, policy)
		}
	}
}

func TestOnPremisesSettingsAreCombined(t *testing.T) {
	t.Parallel()
	only := bothSettings(true, false).Only(OnPremisesPasswordResetSettings{AccountUnlock: new(true)})
	if only.PasswordWriteback != nil || *only.AccountUnlock {
		t.Errorf("only: %+v", only)
	}
	if or := only.Or(bothSettings(true, true)); !*or.PasswordWriteback || *or.AccountUnlock {
		t.Errorf("or: %+v", or)
	}
	got := bothSettings(true, false).Differing(OnPremisesPasswordResetSettings{AccountUnlock: new(false)})
	if !slices.Equal(got, []Difference{{Member: PasswordWritebackMember, Value: true}}) {
		t.Errorf("differing: %+v", got)
	}
}

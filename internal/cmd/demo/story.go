package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// The exit statuses of "terraform plan -detailed-exitcode".
const (
	succeeded   = 0
	changesSeen = 2
)

// planFile is where the repair is planned.
const planFile = "repair.tfplan"

// story is what the demo tells.
type story struct {
	directory *mockdirectory.Directory
	terraform terraform
	screen    *screen
}

// moral says what was shown.
func (*story) moral() string {
	return "Terraform took over settings that were already there, changed nothing else in the tenant,\n" +
		"found and undid what another administrator had changed, and put everything back as it was."
}

// play tells the story. The error says which step did not end as it should.
func (s *story) play(ctx context.Context) error {
	before := s.directory.State()
	for _, chapter := range []func(context.Context, mockdirectory.State) error{s.adopt, s.drift, s.repair, s.restore} {
		if err := chapter(ctx, before); err != nil {
			return fmt.Errorf("%s did not end as it should: %w", s.screen.current, err)
		}
	}
	return nil
}

func (s *story) adopt(ctx context.Context, before mockdirectory.State) error {
	s.screen.heading("terraform init: install the provider that was just built")
	if err := s.expect(ctx, succeeded, "init", "-input=false"); err != nil {
		return err
	}
	s.screen.gap()
	s.screen.say("A warning about the lock file comes from the provider being built here: a release has checksums for all platforms.")
	if err := s.show("The directory before Terraform", before); err != nil {
		return err
	}
	s.screen.heading("terraform apply: take the settings over")
	if err := s.expect(ctx, succeeded, "apply", "-input=false", "-auto-approve"); err != nil {
		return err
	}
	return s.mustBeConfigured("The directory after apply", before)
}

func (s *story) drift(ctx context.Context, _ mockdirectory.State) error {
	s.screen.heading("Another administrator clicks in the portals")
	s.directory.Update(meddle)
	if err := s.show("The directory after that", s.directory.State()); err != nil {
		return err
	}
	s.screen.heading("terraform plan: see what was changed outside of Terraform")
	if err := s.expect(ctx, changesSeen, "plan", "-input=false", "-detailed-exitcode", "-out="+planFile); err != nil {
		return err
	}
	s.screen.gap()
	s.screen.say("Exit status 2: there are differences. A nightly job can watch for that.")
	planned, err := s.planned(ctx)
	if err != nil {
		return err
	}
	if !slices.Equal(planned, meddledWith) {
		return fmt.Errorf("the plan changes %s, and should change %s", list(planned), list(meddledWith))
	}
	return nil
}

func (s *story) repair(ctx context.Context, before mockdirectory.State) error {
	s.screen.heading("terraform apply: put the configuration through again")
	if err := s.expect(ctx, succeeded, "apply", "-input=false", planFile); err != nil {
		return err
	}
	return s.mustBeConfigured("The directory after the repair", before)
}

func (s *story) restore(ctx context.Context, before mockdirectory.State) error {
	s.screen.heading("terraform destroy: hand the settings back")
	if err := s.expect(ctx, succeeded, "destroy", "-input=false", "-auto-approve"); err != nil {
		return err
	}
	after := s.directory.State()
	if err := s.show("The directory after destroy", after); err != nil {
		return err
	}
	if found := differences(after, before); len(found) > 0 {
		return fmt.Errorf("the directory is not what it was before: %s", strings.Join(found, "; "))
	}
	s.screen.gap()
	s.screen.say("The whole directory is equal to the one before Terraform.")
	return nil
}

// mustBeConfigured shows the directory, which must be as the configuration
// asks and otherwise as it was before.
func (s *story) mustBeConfigured(title string, before mockdirectory.State) error {
	tenant := s.directory.State()
	if err := s.show(title, tenant); err != nil {
		return err
	}
	if found := differences(tenant, configured(before)); len(found) > 0 {
		return fmt.Errorf("the directory is not as the configuration asks: %s", strings.Join(found, "; "))
	}
	return nil
}

// expect runs a command that must end with an exit status.
func (s *story) expect(ctx context.Context, want int, args ...string) error {
	code, err := s.terraform.run(ctx, args...)
	if err == nil && code != want {
		err = fmt.Errorf("the command ended with exit status %d instead of %d", code, want)
	}
	return err
}

// planned lists the resources that the plan changes.
func (s *story) planned(ctx context.Context) ([]string, error) {
	content, err := s.terraform.read(ctx, "show", "-json", planFile)
	if err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	var plan struct {
		Changes []struct {
			Address string `json:"address"`
			Change  struct {
				Actions []string `json:"actions"`
			} `json:"change"`
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal(content, &plan); err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	var addresses []string
	for _, resource := range plan.Changes {
		if slices.Equal(resource.Change.Actions, []string{"update"}) {
			addresses = append(addresses, resource.Address)
		}
	}
	slices.Sort(addresses)
	return addresses, nil
}

func (s *story) show(title string, tenant mockdirectory.State) error {
	return s.screen.show(title, settingsOf(tenant))
}

func list(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}

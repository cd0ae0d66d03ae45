package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

// floor says what a row is compared with.
func (r row) floor() string {
	switch {
	case r.throttled:
		return "quota"
	case r.users > largestFloor:
		return ""
	}
	return "terraform_data"
}

// scene is a row with everything that its runs need.
type scene struct {
	row
	directory *mockdirectory.Directory
	subject   *stage
	// ground is Terraform alone; nil where that is not measured.
	ground *stage
}

// play runs a row as often as wanted.
func (b *bench) play(ctx context.Context, r row) (runs []run, err error) {
	s := &scene{row: r}
	options, repeat := mockdirectory.Options{Users: r.users, Latency: b.latency}, b.repeat
	if r.throttled {
		options.Throttle, repeat = &mockdirectory.Throttle{}, 1
	}
	if s.directory, err = mockdirectory.Start(options); err != nil {
		return nil, fmt.Errorf("starting the mock directory: %w", err)
	}
	defer func() { err = errors.Join(err, s.directory.Close()) }()
	environment := b.environment(s.directory.Connection(), b.measured)
	if s.subject, err = b.newStage(r.name, r.files, environment); err != nil {
		return nil, err
	}
	if r.floor() == "terraform_data" {
		if s.ground, err = b.newStage(r.name+"-floor", data(r.users), environment); err != nil {
			return nil, err
		}
	}
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	for i := range repeat {
		one, err := s.once(ctx, i%2 == 0)
		if err != nil {
			return nil, err
		}
		runs = append(runs, one)
	}
	return runs, nil
}

// prepare applies what the plan of a row is to find unchanged.
func (s *scene) prepare(ctx context.Context) error {
	if !s.plans {
		return nil
	}
	for _, stage := range []*stage{s.ground, s.subject} {
		if stage == nil {
			continue
		}
		if _, err := stage.apply(ctx); err != nil {
			return fmt.Errorf("preparing: %w", err)
		}
	}
	_, _, err := readUsage(s.subject.record)
	return err
}

// once measures the floor and the row.
func (s *scene) once(ctx context.Context, floorFirst bool) (one run, err error) {
	if s.throttled {
		one.FloorWallSeconds = quotaSeconds(s.users)
	}
	err = inTurn(floorFirst, func() error {
		if s.ground == nil {
			return nil
		}
		done, err := s.operate(ctx, s.ground)
		one.setFloor(done)
		return err
	}, func() error { return s.measure(ctx, &one) })
	return one, err
}

// inTurn measures the floor first in one repetition and last in the next: what
// comes second finds the machine in another state.
func inTurn(floorFirst bool, floor, subject func() error) error {
	first, second := subject, floor
	if floorFirst {
		first, second = floor, subject
	}
	if err := first(); err != nil {
		return err
	}
	return second()
}

// measure measures the row itself and fails unless it did its work.
func (s *scene) measure(ctx context.Context, one *run) error {
	if !s.plans {
		s.expire()
	}
	s.directory.ResetJournal()
	before := ownCPU()
	done, err := s.operate(ctx, s.subject)
	if err != nil {
		return err
	}
	one.WallSeconds, one.DirectoryCPUSeconds = done.wallSeconds, (ownCPU() - before).Seconds()
	if err := one.setUsage(done, s.subject); err != nil {
		return err
	}
	journal := s.directory.Journal().Requests
	one.requests = countRequests(journal)
	return s.check(journal)
}

// operate does once what the row is about.
func (s *scene) operate(ctx context.Context, stage *stage) (outcome, error) {
	if s.plans {
		return stage.planNothing(ctx)
	}
	if err := stage.forget(); err != nil {
		return outcome{}, err
	}
	return stage.apply(ctx)
}

const neverExpires = "DisablePasswordExpiration"

// expire lets every password expire again.
func (s *scene) expire() {
	s.directory.Update(func(tenant *mockdirectory.State) {
		for _, id := range userIDs(s.users) {
			user := tenant.Users[id]
			user.PasswordPolicies = nil
			tenant.Users[id] = user
		}
	})
}

// check fails where Terraform was content although the work was not done.
func (s *scene) check(journal []mockdirectory.Request) error {
	if countRequests(journal).Graph == 0 {
		return errors.New("the directory was not asked for anything")
	}
	if count := writes(journal); s.plans && count > 0 {
		return fmt.Errorf("a plan wrote %d times to the directory", count)
	}
	missing := 0
	for _, id := range userIDs(s.users) {
		if user, _ := s.directory.User(id); user.PasswordPolicies == nil || !strings.Contains(*user.PasswordPolicies, neverExpires) {
			missing++
		}
	}
	if missing > 0 {
		return fmt.Errorf("the passwords of %d of %d users expire in the directory", missing, s.users)
	}
	return nil
}

package main

import (
	"context"
	"strings"

	"github.com/tenantsettings/terraform-provider-entraid/internal/mockdirectory"
)

const (
	startName = "provider-start"
	// startsPerRepeat makes up for how short a start is.
	startsPerRepeat = 5
)

// start measures how long Terraform takes to start the provider and to learn
// its schema, beside a provider that has none. The time is taken without the
// process between the two, which would add the same to both sides and hide the
// difference; what the provider uses is measured in a run of its own.
func (b *bench) start(ctx context.Context) (runs []run, err error) {
	plain, measured := b.environment(mockdirectory.Connection{}, b.plain), b.environment(mockdirectory.Connection{}, b.measured)
	empty := map[string]string{"main.tf": strings.ReplaceAll(header, "entraid", "empty")}
	ground, err := b.newStage(startName+"-floor", empty, plain)
	if err != nil {
		return nil, err
	}
	subject, err := b.newStage(startName, map[string]string{"main.tf": header}, plain)
	if err != nil {
		return nil, err
	}
	weighed, err := b.newStage(startName+"-usage", map[string]string{"main.tf": header}, measured)
	if err != nil {
		return nil, err
	}
	for i := range b.repeat * startsPerRepeat {
		one, err := startOnce(ctx, i%2 == 0, ground, subject, weighed)
		if err != nil {
			return nil, err
		}
		runs = append(runs, one)
	}
	return runs, nil
}

func startOnce(ctx context.Context, floorFirst bool, ground, subject, weighed *stage) (one run, err error) {
	const resource = "entraid_user_password_never_expires"
	err = inTurn(floorFirst, func() error {
		done, err := ground.schema(ctx, "tenantsettings/empty")
		one.setFloor(done)
		return err
	}, func() error {
		done, err := subject.schema(ctx, resource)
		one.WallSeconds = done.wallSeconds
		return err
	})
	if err != nil {
		return one, err
	}
	done, err := weighed.schema(ctx, resource)
	if err != nil {
		return one, err
	}
	return one, one.setUsage(done, weighed)
}

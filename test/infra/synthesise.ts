import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { AppProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { createGatewayApp, createUncheckedApp } from '#infra/gateway-app.ts';

const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };

const directory = mkdtempSync(`${tmpdir()}/firefly-gateway-infra-`);
// Files of one process share it, so that none of them may remove it.
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

/** A resource of a template, as far as the tests look at it. */
export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  DependsOn?: string[];
}

const unbundled = { 'aws:cdk:bundling-stacks': [] };

const propsOf = (settings: object, stage: string, more: Record<string, unknown> = unbundled): AppProps => ({
  outdir: mkdtempSync(`${directory}/app-`),
  context: { ...context, stage, 'firefly-gateway': { [stage]: settings }, ...more },
});

/**
 * The app of a stage, called `test` by default, with the context of cdk.json, in a directory of its own.
 *
 * @param props.context replaces the context by which no function is bundled
 */
export const buildApp = (settings: object = {}, props: AppProps = {}, stage = 'test') =>
  createGatewayApp({ ...props, ...propsOf(settings, stage, props.context) });

// What CDK notes beside the template, such as the place in the code that made a resource, is a quarter of its work. Its own check
// of the template takes seconds and is a test by itself.
const templateAlone: AppProps = { builtinCloudFormationValidation: false, stackTraces: false, treeMetadata: false };
const untraced = { ...unbundled, 'aws:cdk:disable-creation-stack-traces': true };

const synthesiseAnew = (settings: object, stage: string) => {
  // What cdk-nag says of other settings is asked in the exhaustive tier, of a few stages that vary every one of them.
  const create = Object.keys(settings).length === 0 ? createGatewayApp : createUncheckedApp;
  const { app, stack } = create({ ...templateAlone, ...propsOf(settings, stage, untraced) });
  const template = Template.fromStack(stack);
  return { app, stack, template, resources: template.toJSON()['Resources'] as Record<string, Resource> };
};

const synthesised = new Map<string, ReturnType<typeof synthesiseAnew>>();

/**
 * The same, synthesised; the files of one process share what they get for the same settings, so that none may change it.
 */
export const synthesise = (settings: object = {}, stage = 'test'): ReturnType<typeof synthesiseAnew> => {
  const key = JSON.stringify([stage, settings]);
  const known = synthesised.get(key) ?? synthesiseAnew(settings, stage);
  synthesised.set(key, known);
  return known;
};

/** The resources of one type. */
export const ofType = (resources: Record<string, Resource>, type: string): Resource[] =>
  Object.values(resources).filter((resource) => resource.Type === type);

/**
 * The one resource of a type.
 *
 * @throws if there is none, or more than one
 */
export const only = (resources: Record<string, Resource>, type: string): Resource => {
  const [resource, ...others] = ofType(resources, type);
  if (resource === undefined || others.length > 0) throw new Error(`Not exactly one ${type}`);
  return resource;
};

import { readFileSync } from 'node:fs';
import { Template } from 'aws-cdk-lib/assertions';
import { createGatewayApp } from '#infra/gateway-app.ts';

const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };

/** A resource of a template, as far as the tests look at it. */
export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  DependsOn?: string[];
}

/** The app of a stage called `test` with the context of cdk.json, its functions not bundled. */
export const buildApp = (settings: object = {}) =>
  createGatewayApp({
    context: { ...context, stage: 'test', 'firefly-gateway': { test: settings }, 'aws:cdk:bundling-stacks': [] },
  });

/** The same, synthesised. */
export const synthesise = (settings: object = {}) => {
  const { app, stack } = buildApp(settings);
  const template = Template.fromStack(stack);
  return { app, stack, template, resources: template.toJSON()['Resources'] as Record<string, Resource> };
};

/** The resources of one type. */
export const ofType = (resources: Record<string, Resource>, type: string): Resource[] =>
  Object.values(resources).filter((resource) => resource.Type === type);

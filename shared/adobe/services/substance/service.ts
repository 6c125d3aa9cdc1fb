import { pictureTypes } from '../input-types.ts';
import type { AdobeService } from '../service.ts';
import { substanceDialect } from './dialect.ts';
import { substanceDomains } from './fields.ts';
import { compose } from './operations/compose.ts';
import { render, renderBasic } from './operations/render.ts';
import { assemble, convert, describe } from './operations/scenes.ts';

/** Adobe Substance 3D: renders, assembles and converts 3D scenes, and puts their objects into generated pictures. */
export const substance: AdobeService = {
  id: 'substance',
  title: 'Substance 3D',
  baseUrl: 'https://s3d.adobe.io',
  scopes: [
    'openid',
    'AdobeID',
    'read_organizations',
    'email',
    'firefly_api',
    'firefly_enterprise',
    'profile',
    'substance3d_api.spaces.create',
    'substance3d_api.jobs.create',
  ],
  product: 'Substance 3D API',
  // Adobe prints no limit: this is a cautious one, and a setting.
  lanes: [{ name: 'substance', windows: [{ seconds: 60, hard: 60 }] }],
  inputs: 'presigned-get',
  // Models, their textures and lights, and archives of all of them.
  inputTypes: {
    'sources[]': [
      ...['model/gltf-binary', 'model/gltf+json', 'model/vnd.usdz+zip', 'model/vnd.usda', 'model/vnd.autodesk.fbx'],
      ...['model/obj', 'model/stl', 'application/x-substance-archive', 'application/zip'],
      ...['image/vnd.radiance', 'image/x-exr', 'image/vnd.adobe.photoshop'],
      ...pictureTypes,
    ],
  },
  inputDomains: substanceDomains,
  outputs: 'hosted',
  dialect: substanceDialect,
  statusPath: '/v1/jobs/{jobId}',
  // Adobe: "Asynchronous Jobs".
  statusSeconds: 120,
  operations: [compose, assemble, convert, describe, render, renderBasic],
};

import { createGatewayApp } from './gateway-app.ts';

createGatewayApp();

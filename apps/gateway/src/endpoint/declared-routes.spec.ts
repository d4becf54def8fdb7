import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { declaredRoutes } from './declared-routes.js';
import { endpoint } from './endpoint.js';
import { Endpoint } from './endpoint.decorator.js';

const open = endpoint({ permission: 'public', summary: 'Say hello' });

@Controller('v1/greetings')
class Declared {
  @Get(':name')
  @Endpoint(open)
  async greet(): Promise<void> {}
}

@Controller('v1/secrets')
class Undeclared {
  @Post('all')
  async tellAll(): Promise<void> {}
}

@Module({ controllers: [Declared] })
class Sound {}

@Module({ controllers: [Declared, Undeclared] })
class Leaky {}

async function modulesOf(module: typeof Sound): Promise<ModulesContainer> {
  const app = await Test.createTestingModule({ imports: [module] }).compile();
  return app.get(ModulesContainer);
}

describe('declared routes', () => {
  it('are found with their paths', async () => {
    expect(declaredRoutes(await modulesOf(Sound))).toEqual([
      { method: 'GET', path: '/v1/greetings/:name', definition: open },
    ]);
  });

  it('keep the gateway from starting when one says nothing about who may call it', async () => {
    const modules = await modulesOf(Leaky);
    expect(() => declaredRoutes(modules)).toThrow('POST /v1/secrets/all (Undeclared.tellAll)');
  });
});

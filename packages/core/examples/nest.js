import 'reflect-metadata'
import { Controller, Get, Module, Req, Res } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { createPocket } from '@pocket/core'
import { memoryStores } from '@pocket/core/memory'
import { invite } from './invitation.js'
import { accounts, masterKey, origin, port } from './settings.js'

const pocket = await createPocket({ issuer: origin, masterKey, accounts, stores: memoryStores() })

class HomeController {
  async home(req, res) {
    const session = await pocket.session(req, res)
    if (session) res.send(`Hello ${session.account.userName}`)
    else res.redirect('/login?redirect=/')
  }
}
// In TypeScript: @Controller(), @Get(), @Req(), @Res() and @Module({ controllers: [HomeController] }).
Controller()(HomeController)
Get()(HomeController.prototype, 'home', Object.getOwnPropertyDescriptor(HomeController.prototype, 'home'))
Req()(HomeController.prototype, 'home', 0)
Res()(HomeController.prototype, 'home', 1)
class AppModule {}
Module({ controllers: [HomeController] })(AppModule)

const app = await NestFactory.create(AppModule, { logger: false })
app.use(pocket.callback())
await app.listen(port)
await invite(pocket, 'ada')

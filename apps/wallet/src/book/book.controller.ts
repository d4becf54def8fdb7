import { Controller } from '@nestjs/common';
import { type ResponseOf, wallet } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { BookRepository } from './book.repository.js';

type Book = ResponseOf<typeof wallet.getBook>;

@Controller()
export class BookController {
  private looking: Promise<Book> | undefined;

  constructor(private readonly book: BookRepository) {}

  /** It reads every account, so whoever looks while somebody is looking sees what that one sees. */
  @Rpc(wallet.getBook)
  getBook(): Promise<Book> {
    this.looking ??= this.look().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async look(): Promise<Book> {
    const takenAt = new Date();
    const [classes, boundary] = await Promise.all([this.book.classes(), this.book.boundary()]);
    return { takenAt, classes, total: classes.reduce((sum, { posted }) => sum + posted, 0n), boundary };
  }
}
